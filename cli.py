"""The operator's commands; each is thin and asks the same functions as a page."""

from flask import Flask


def register(app: Flask) -> None:
    """Add every command to the application."""
