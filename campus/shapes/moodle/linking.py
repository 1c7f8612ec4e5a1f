"""`contentitem_return.php`: the links a tool offers fill a form, then it is saved."""

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from flask import Request, Response

from campus import deep_linking
from campus.deep_linking import Offer
from campus.forms import form_post_page
from campus.linking import answered, offered
from campus.records import Launch
from campus.tokens import Claims
from campus.wire import FormPost, RefusedPage

if TYPE_CHECKING:
    from campus.state import Campus

RETURN = "/mod/lti/contentitem_return.php"


def settings(campus: "Campus", launch: Launch) -> Claims:
    """Return the settings as recorded: no `data`, no word about line items."""
    person = launch.person
    query = urlencode(
        {
            "course": launch.course.number,
            "id": launch.tool.number,
            "sesskey": deep_linking.sign_in(campus, person) if person else "",
        }
    )
    return {
        "accept_types": ["ltiResourceLink"],
        "accept_presentation_document_targets": ["frame", "iframe", "window"],
        "accept_copy_advice": False,
        "accept_multiple": True,
        "accept_unsigned": False,
        "auto_create": False,
        "can_confirm": False,
        "deep_link_return_url": f"{campus.base_url}{RETURN}?{query}",
        "title": launch.tool.name,
        "text": "",
    }


def returned(campus: "Campus", request: Request) -> Response:
    """Read the answer and show the form that saves its links.

    The first post comes from another site, without Moodle's own cookie: Moodle lets
    the browser send it again from a page of its own.
    """
    if "repost" not in request.form:
        fields = {**request.form.to_dict(), "repost": "1"}
        return form_post_page(FormPost(request.full_path, fields))
    try:
        course = campus.course(request.args.get("course", type=int, default=0))
        tool = campus.tool(request.args.get("id", type=int, default=0))
    except KeyError as error:
        raise RefusedPage(404, "Invalid course") from error
    word = request.args.get("sesskey", "")
    person = deep_linking.signed_in(campus, course, word)
    if person is None:
        raise RefusedPage(403, "Incorrect sesskey submitted")
    chosen = deep_linking.read(campus, tool, request.form.get("JWT", ""))
    offer = Offer(course, tool, person, chosen.items)
    if chosen.error or not chosen.items:
        return answered(offer, chosen)
    return offered(offer, campus.basket.put(offer))
