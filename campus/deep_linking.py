"""Deep linking: a teacher lets the tool say what to add to a course.

    launch = request(campus, tool, course, person)     # then as any other launch
    read(campus, tool, jwt)                            # the answer, verified
    add(campus, Offer(course, tool, person, items))    # the links, made

Deep Linking 2.0: https://www.imsglobal.org/spec/lti-dl/v2p0
"""

import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING, Any

import jwt

from campus import vocabulary as lti
from campus.columns import Column, ColumnMalformed, column_of
from campus.records import Course, Launch, LineItem, Link, Person, Tool
from campus.wire import RefusedPage

if TYPE_CHECKING:
    from campus.state import Campus

LONGEST_TITLE = 255


@dataclass(frozen=True)
class ContentItem:
    """One link as a tool describes it."""

    title: str
    url: str
    text: str = ""
    custom: Mapping[str, str] = field(default_factory=dict)
    column: Column | None = None


@dataclass(frozen=True)
class Chosen:
    """A tool's whole answer; without items the teacher has cancelled."""

    items: tuple[ContentItem, ...]
    message: str = ""
    error: str = ""


@dataclass(frozen=True)
class Offer:
    """Links that a teacher was offered to save."""

    course: Course
    tool: Tool
    person: Person
    items: tuple[ContentItem, ...]


class Basket:
    """Offers that wait to be saved, each good for once."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._offers: dict[str, Offer] = {}

    def put(self, offer: Offer) -> str:
        """Keep an offer; return the secret to take it out by."""
        secret = secrets.token_urlsafe(16)
        with self._lock:
            self._offers[secret] = offer
        return secret

    def take(self, secret: str) -> Offer | None:
        with self._lock:
            return self._offers.pop(secret, None)


def request(
    campus: "Campus", tool: Tool, course: Course, person: Person, placement: str = ""
) -> Launch:
    """Begin a launch in which somebody picks links for a course."""
    link = Link(
        course=course.number,
        tool=tool.number,
        title=tool.name,
        placement=placement or campus.shape.linking_placement,
    )
    return campus.begin(
        Launch(
            tool=tool,
            course=course,
            person=person,
            link=link,
            message_type=lti.DEEP_LINKING_REQUEST,
        )
    )


def read(campus: "Campus", tool: Tool, answer: str) -> Chosen:
    """Verify a tool's answer and read it. Raises RefusedPage."""
    try:
        claims = campus.tool_keys.verified(tool, answer)
    except (jwt.PyJWTError, ValueError) as error:
        raise RefusedPage(400, "The answer's signature is not valid") from error
    fault = _fault(campus, tool, claims)
    if fault:
        raise RefusedPage(400, f"The answer's {fault} is not valid")
    return Chosen(
        items=tuple(_item(members) for members in claims.get(lti.CONTENT_ITEMS, ())),
        message=_text(claims.get(lti.LINKING_MESSAGE)),
        error=_text(claims.get(lti.LINKING_ERROR)),
    )


def add(campus: "Campus", offer: Offer) -> list[Link]:
    """Put the offered links into the course, with their columns."""
    links = []
    for item in offer.items:
        link = campus.add_link(
            Link(
                course=offer.course.number,
                tool=offer.tool.number,
                title=item.title or offer.tool.name,
                description=item.text,
                custom=item.custom,
                url=item.url,
            )
        )
        links.append(link)
        if item.column is not None:
            _add_column(campus, offer, link, item.column)
    return links


def sign_in(campus: "Campus", person: Person) -> str:
    """Return the word by which a form of ours knows who is signed in."""
    message = f"session {person.number}".encode()
    return hmac.new(campus.secret.encode(), message, "sha256").hexdigest()[:10]


def signed_in(campus: "Campus", course: Course, word: str) -> Person | None:
    """Return whose word that is, of the people of a course."""
    people = (campus.person(one.person) for one in campus.enrolments(course))
    return next(
        (p for p in people if hmac.compare_digest(sign_in(campus, p), word)), None
    )


def _add_column(campus: "Campus", offer: Offer, link: Link, column: Column) -> None:
    campus.add_line_item(
        LineItem(
            course=offer.course.number,
            label=column.label,
            maximum=column.maximum,
            tool=offer.tool.number,
            link=link.number,
            tag=column.tag,
            resource_id=column.resource_id,
            week=offer.course.week_at(campus.now()),
            is_made_by_tool=True,
        )
    )


def _fault(campus: "Campus", tool: Tool, claims: Mapping[str, Any]) -> str:
    """Name the first claim that is wrong (Security Framework 5.1.3), if any."""
    audience = claims.get("aud")
    now = min(campus.now(), campus.clock.real()).timestamp()
    wrong = {
        "issuer": claims.get("iss") != tool.client_id,
        "audience": campus.issuer
        not in (audience if isinstance(audience, list) else [audience]),
        "expiry": not isinstance(claims.get("exp"), int) or claims["exp"] <= now,
        "issue time": not isinstance(claims.get("iat"), int),
        "deployment": claims.get(lti.DEPLOYMENT_ID) not in tool.deployment_ids,
        "message type": claims.get(lti.MESSAGE_TYPE) != lti.DEEP_LINKING_RESPONSE,
        "version": claims.get(lti.VERSION) != "1.3.0",
        "list of items": not isinstance(claims.get(lti.CONTENT_ITEMS, []), list),
    }
    faults = [name for name, is_wrong in wrong.items() if is_wrong]
    nonce = claims.get("nonce")
    if not faults and not (isinstance(nonce, str) and campus.spend_once(nonce)):
        faults = ["nonce"]
    return faults[0] if faults else ""


def _item(members: Any) -> ContentItem:  # noqa: ANN401 -- whatever a tool may send
    if not isinstance(members, dict) or members.get("type") != "ltiResourceLink":
        raise RefusedPage(400, "An item of the answer is no link to a tool")
    custom = members.get("custom", {})
    if not isinstance(custom, dict) or not all(
        isinstance(value, str) for value in custom.values()
    ):
        raise RefusedPage(400, "A custom parameter of the answer is no text")
    column = members.get("lineItem")
    try:
        read = column_of({"label": members.get("title"), **column}) if column else None
    except ColumnMalformed as error:
        raise RefusedPage(400, f"A line item has no {error.field}") from error
    return ContentItem(
        title=_text(members.get("title")),
        url=_text(members.get("url")),
        text=_text(members.get("text")),
        custom=custom,
        column=read,
    )


def _text(value: object) -> str:
    return value[:LONGEST_TITLE] if isinstance(value, str) else ""
