"""Where a learner stands: with oneself first, and on a board for who joins it."""
