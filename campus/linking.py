"""The pages around picking links: where a teacher begins, and what comes back."""

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from flask import (
    Blueprint,
    Response,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from werkzeug import Response as Redirection
from werkzeug.exceptions import NotFound

from campus import deep_linking, launches
from campus.deep_linking import Chosen, Offer
from campus.pages import course_numbered, origin_of, viewer_of
from campus.records import Course, Link, Person, Tool

if TYPE_CHECKING:
    from campus.state import Campus


def linking(campus: "Campus") -> Blueprint:
    """Return the pages of one campus on which links are added."""
    blueprint = Blueprint("linking", __name__)

    @blueprint.get("/course/<int:number>/add")
    def add(number: int) -> Response:
        course = course_numbered(campus, number)
        viewer = viewer_of(campus, course)
        tool = _tool(campus, course)
        if not viewer.is_staff or tool is None:
            raise NotFound
        return _adding_page(campus, course, viewer.person, tool)

    @blueprint.post("/course/<int:number>/links/<secret>")
    def save(number: int, secret: str) -> Redirection:
        offer = campus.basket.take(secret)
        if offer is None or offer.course.number != number:
            raise NotFound
        links = deep_linking.add(campus, offer)
        return redirect(_course_address(offer, links[0]), 303)

    return blueprint


def offered(offer: Offer, secret: str) -> Response:
    """Show what will be added, to be saved."""
    address = url_for("linking.save", number=offer.course.number, secret=secret)
    return make_response(
        render_template("offered.html", offer=offer, save_address=address)
    )


def answered(offer: Offer, chosen: Chosen, link: Link | None = None) -> Response:
    """Go back to the course page, out of the frame; say what the tool says."""
    return make_response(
        render_template(
            "answered.html",
            chosen=chosen,
            fields=_query(offer, link),
            course_address=url_for("pages.course", number=offer.course.number),
        )
    )


def _adding_page(
    campus: "Campus", course: Course, person: Person, tool: Tool
) -> Response:
    placement = request.args.get("placement", "")
    launch = deep_linking.request(campus, tool, course, person, placement)
    page = make_response(
        render_template(
            "adding.html",
            campus=campus,
            course=course,
            viewer=person,
            launch=launch,
            title=f"Add from {tool.name}",
            tools=_tools(campus, course),
            tool=tool,
            form=launches.login_form(campus, launch),
            tool_origin=origin_of(tool.login_url),
            in_window=request.args.get("open") == "window",
        )
    )
    # The launch in it is good for once.
    page.headers["Cache-Control"] = "no-store"
    return page


def _tool(campus: "Campus", course: Course) -> Tool | None:
    """Return the tool that `?tool=` names by number, else the course's first one."""
    asked = request.args.get("tool", type=int)
    tools = _tools(campus, course)
    return next((tool for tool in tools if asked in (None, tool.number)), None)


def _tools(campus: "Campus", course: Course) -> list[Tool]:
    """Return the tools from which links can be added to a course."""
    placed = {link.tool for link in campus.links(course)}
    return [tool for tool in campus.tools if tool.active and tool.number in placed]


def _course_address(offer: Offer, link: Link | None) -> str:
    page = url_for("pages.course", number=offer.course.number)
    return f"{page}?{urlencode(_query(offer, link))}"


def _query(offer: Offer, link: Link | None) -> dict[str, int]:
    return {"as": offer.person.number} | ({"link": link.number} if link else {})
