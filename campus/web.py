"""The HTTP face: the shape's own addresses and the course pages."""

from collections.abc import Callable
from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import Flask, Response, request

from campus.admin import admin
from campus.linking import linking
from campus.pages import pages
from campus.wire import Refused, Route

if TYPE_CHECKING:
    from campus.state import Campus


def create_app(campus: "Campus") -> Flask:
    """Build the application that serves one campus."""
    app = Flask("campus")
    for route in campus.shape.routes:
        app.add_url_rule(
            route.rule,
            endpoint=route.endpoint,
            view_func=_view(campus, route),
            methods=route.methods,
        )
    app.register_blueprint(pages(campus))
    app.register_blueprint(admin(campus))
    app.register_blueprint(linking(campus))
    app.after_request(_close_what_is_not_sent)
    return app


def _close_what_is_not_sent(response: Response) -> Response:
    """Close the file of a 304: Werkzeug sends nothing of it and leaves it open."""
    if response.status_code == HTTPStatus.NOT_MODIFIED:
        response.close()
    return response


def _view(campus: "Campus", route: Route) -> Callable[..., Response]:
    """Count a request, let the faults have it, and word refusals as the shape does."""

    def view(**arguments: int) -> Response:
        def honest() -> Response:
            try:
                return route.answer(campus, request, **arguments)
            except Refused as refused:
                return campus.shape.refusal(request, refused)

        campus.traffic.note(route.endpoint, request)
        return campus.faults.serve(route.endpoint, honest)

    return view
