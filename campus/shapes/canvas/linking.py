"""`deep_linking_response`: the links a tool offers are made at once."""

import secrets
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import jwt
from flask import Request, Response

from campus import deep_linking
from campus.deep_linking import Offer
from campus.linking import answered
from campus.records import Launch
from campus.tokens import Claims, signed
from campus.wire import RefusedPage

if TYPE_CHECKING:
    from campus.state import Campus

RETURN = "/courses/<int:course>/deep_linking_response"
SECONDS = 3600
ONE_ITEM = ("assignment_selection", "submission_type_selection")
EDITOR = "editor_button"


def settings(campus: "Campus", launch: Launch) -> Claims:
    """Return what the place takes; Canvas's own state is in the address's query."""
    placement = launch.link.placement
    in_editor = placement == EDITOR
    course = f"{campus.base_url}/courses/{launch.course.number}"
    query = urlencode({"data": _state(campus, launch)})
    types = ["link", "file", "html", "ltiResourceLink", "image"]
    media = "image/*,text/html,application/vnd.ims.lti.v1.ltilink,*/*"
    return {
        "deep_link_return_url": f"{course}/deep_linking_response?{query}",
        "accept_types": types if in_editor else ["ltiResourceLink"],
        "accept_presentation_document_targets": ["embed"] * in_editor
        + ["iframe", "window"],
        "accept_media_types": media
        if in_editor
        else "application/vnd.ims.lti.v1.ltilink",
        "auto_create": False,
        "accept_multiple": placement not in ONE_ITEM,
    }


def returned(campus: "Campus", request: Request, course: int) -> Response:
    """Make the links and close the dialogue."""
    state = _read_state(campus, request.args.get("data", ""))
    if state["course"] != course or not campus.spend_once(f"data:{state['nonce']}"):
        raise RefusedPage(400, "The data parameter is not valid")
    tool, person = campus.tool(state["tool"]), campus.person(state["person"])
    chosen = deep_linking.read(campus, tool, request.form.get("JWT", ""))
    if state["placement"] in ONE_ITEM and len(chosen.items) > 1:
        raise RefusedPage(400, "This place takes one item")
    offer = Offer(campus.course(course), tool, person, chosen.items)
    links = deep_linking.add(campus, offer)
    return answered(offer, chosen, links[0] if links else None)


def _state(campus: "Campus", launch: Launch) -> str:
    claims = {
        "nonce": secrets.token_hex(16),
        "course": launch.course.number,
        "tool": launch.tool.number,
        "person": launch.person.number if launch.person else 0,
        "placement": launch.link.placement,
        "exp": int(campus.now().timestamp()) + SECONDS,
    }
    return signed({"typ": "JWT", "alg": "HS256"}, claims, campus.secret.encode())


def _read_state(campus: "Campus", state: str) -> dict[str, Any]:
    try:
        claims: dict[str, Any] = jwt.decode(
            state, campus.secret, algorithms=["HS256"], options={"verify_exp": False}
        )
    except jwt.InvalidTokenError as error:
        raise RefusedPage(400, "The data parameter is not valid") from error
    if claims["exp"] <= campus.now().timestamp():
        raise RefusedPage(400, "The data parameter has expired")
    return claims
