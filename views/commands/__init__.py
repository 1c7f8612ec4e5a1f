"""The operator's face: commands that ask the same functions as a page does."""
