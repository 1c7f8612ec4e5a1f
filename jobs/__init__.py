"""What happens later: plain functions that load by id, call and commit."""
