"""Forms that the browser posts by itself."""

from typing import TYPE_CHECKING

from flask import Request, Response, make_response, render_template

from campus.wire import FormPost

if TYPE_CHECKING:
    from campus.state import Campus


def authorization_page(campus: "Campus", request: Request) -> Response:
    """Answer an authentication request, by GET or POST, with a form post."""
    return form_post_page(campus.shape.authorize(campus, request.values.to_dict()))


def form_post_page(form: FormPost) -> Response:
    """Return a page that posts the form at once; without scripts it has a button."""
    page = make_response(render_template("form_post.html", form=form))
    page.headers["Cache-Control"] = "no-store"
    return page
