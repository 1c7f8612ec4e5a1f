"""The administrator's page: where a tool's address is pasted, and tools switched on."""

from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from werkzeug import Response
from werkzeug.exceptions import NotFound

from campus import registering

if TYPE_CHECKING:
    from campus.state import Campus


def admin(campus: "Campus") -> Blueprint:
    """Return the administrator's pages of one campus."""
    blueprint = Blueprint("admin", __name__)

    @blueprint.get("/tools")
    def tools() -> str:
        return render_template("tools.html", tools=campus.tools)

    @blueprint.post("/tools")
    def register() -> Response:
        """Open the pasted address in a frame, with what the tool needs to register."""
        pasted = request.form.get("address", "").strip()
        mark = "&" if urlsplit(pasted).query else "?"
        query = urlencode(campus.shape.registration_query(campus))
        page = make_response(
            render_template("registering.html", address=f"{pasted}{mark}{query}")
        )
        page.headers["Cache-Control"] = "no-store"
        return page

    @blueprint.post("/tools/<int:number>/on")
    def switch_on(number: int) -> Response:
        try:
            registering.switch_on(campus, campus.tool(number))
        except KeyError as error:
            raise NotFound from error
        return redirect(url_for("admin.tools"), 303)

    return blueprint
