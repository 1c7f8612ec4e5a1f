"""Every HTTP face: parse, ask, render."""

from flask_openapi3.openapi import OpenAPI

from views import assets, errors, headers, health


def register(app: OpenAPI) -> None:
    """Add every face to the application."""
    headers.register(app)
    errors.register(app)
    app.jinja_env.globals["static_url"] = assets.static_url
    app.register_blueprint(assets.bp)
    app.register_blueprint(health.bp)
