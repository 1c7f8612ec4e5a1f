"""Every HTTP face: parse, ask, render."""

from flask_openapi3.openapi import OpenAPI


def register(app: OpenAPI) -> None:
    """Add every face to the application."""
