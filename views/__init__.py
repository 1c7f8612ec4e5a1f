"""Every HTTP face: parse, ask, render."""

from flask_openapi3.openapi import OpenAPI

from views import (
    api,
    assets,
    deep_linking,
    errors,
    headers,
    health,
    keys,
    lti,
    notices,
    panel,
    reading,
    registration,
)
from views.wording import FILTERS


def register(app: OpenAPI) -> None:
    """Add every face to the application."""
    headers.register(app)
    errors.register(app)
    reading.register(app)
    keys.register(app)
    app.jinja_env.filters.update(FILTERS)
    for blueprint in (
        deep_linking.bp,
        health.bp,
        notices.bp,
        panel.bp,
        registration.bp,
    ):
        app.register_blueprint(blueprint)
    assets.register(app)
    lti.register(app)
    api.register(app)
