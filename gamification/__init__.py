"""What would be true without an LMS and without a browser: the rules."""
