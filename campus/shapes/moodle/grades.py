"""Assignments and Grades as Moodle 4.3 serves them."""

from dataclasses import dataclass, replace
from datetime import UTC
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlencode

from flask import Request, Response

from campus import vocabulary as lti
from campus.paging import Page, page_of, whole_number
from campus.records import Course, LineItem, Person, Result, Role, Tool
from campus.scores import Score, ScoreMalformed, parse_score, result_of
from campus.shapes.moodle.services import (
    SERVICES,
    UTF8,
    accept,
    content_type,
    course_numbered,
    entitled,
    whole,
)
from campus.wire import Refused, RefusedPage, json_answer

if TYPE_CHECKING:
    from campus.state import Campus

READERS = (lti.LINE_ITEM, lti.LINE_ITEM_READ)
GRADABLE = (Role.STUDENT, Role.OBSERVER, Role.TEST_STUDENT)
LEFT_QUOTE = "\N{LEFT DOUBLE QUOTATION MARK}"
RIGHT_QUOTE = "\N{RIGHT DOUBLE QUOTATION MARK}"


@dataclass(frozen=True)
class _Address:
    """An address below the services; `type_id` is repeated only if it was sent."""

    url: str
    query: dict[str, str]

    @classmethod
    def asked(cls, campus: "Campus", request: Request, path: str) -> Self:
        query = {name: request.args[name] for name in request.args if name == "type_id"}
        return cls(f"{campus.base_url}{SERVICES}{path}", query)

    def of(self, path: str, **more: object) -> str:
        query = urlencode({**self.query, **more})
        return f"{self.url}{path}?{query}" if query else self.url + path


def line_items(campus: "Campus", request: Request, course: int) -> Response:
    caller = entitled(campus, request, tool_asked(request), *READERS)
    wanted = accept(request, lti.LINE_ITEM_TYPE, lti.LINE_ITEMS_TYPE)
    subject = course_numbered(campus, course)
    if wanted != lti.LINE_ITEMS_TYPE:
        raise Refused(400, "No context or unsupported content type")
    items = [
        item for item in campus.line_items(subject, caller) if _is_asked(request, item)
    ]
    limit = whole_number(request, "limit")
    page = page_of(items, whole_number(request, "from"), limit)
    answer = json_answer(
        [_line_item_row(campus, caller, item) for item in page.rows],
        lti.LINE_ITEMS_TYPE + UTF8,
    )
    if limit:
        address = _Address.asked(campus, request, f"/{course}/lineitems")
        answer.headers["Link"] = _broken_links(address, page, limit)
    return answer


def line_item(campus: "Campus", request: Request, course: int, item: int) -> Response:
    caller = entitled(campus, request, tool_asked(request), *READERS)
    accept(request, lti.LINE_ITEM_TYPE)
    found = own_item(campus, course_numbered(campus, course), item, caller)
    row = _line_item_row(campus, caller, found)
    return json_answer(row, lti.LINE_ITEM_TYPE + UTF8)


def results(campus: "Campus", request: Request, course: int, item: int) -> Response:
    caller = entitled(campus, request, tool_asked(request), lti.RESULT_READ)
    accept(request, lti.RESULTS_TYPE)
    found = own_item(campus, course_numbered(campus, course), item, caller)
    limit = whole_number(request, "limit")
    if limit and "type_id" in request.args:
        # The last page is computed from a variable that is not set then.
        raise RefusedPage(404, "Not Found")
    path = f"/{course}/lineitems/{item}/lineitem"
    address = _Address.asked(campus, request, path)
    rows = [
        _result_row(campus, result, found, address)
        for result in campus.results(found)
        if _is_listed(campus, request, found, result)
    ]
    page = page_of(rows, whole_number(request, "from"), limit)
    answer = json_answer(list(page.rows), lti.RESULTS_TYPE + UTF8)
    if limit:
        listed = _Address.asked(campus, request, f"{path}/results")
        answer.headers["Link"] = _broken_links(listed, page, limit)
    return answer


def scores(campus: "Campus", request: Request, course: int, item: int) -> Response:
    """Store a score; every refusal but a missing right has `[]` for a body."""
    caller = entitled(campus, request, tool_asked(request), lti.SCORE)
    content_type(request, lti.SCORE_TYPE)
    found = own_item(campus, course_numbered(campus, course), item, caller)
    try:
        score = parse_score(request.get_data())
        person = _gradable(campus, found, score)
    except ScoreMalformed:
        # Moodle echoes the whole body in the reason phrase.
        echo = request.get_data().decode("latin-1").replace("\n", " ")
        return _score_answer(f"400 Incorrect score received{echo}", "[]")
    before = campus.find_result(found, person)
    if before and int(score.at.timestamp()) <= int(before.at.timestamp()):
        reason = "Refusing score with an earlier timestamp for item"
        return _score_answer(f"409 {reason} {item} and user {person.sub}", "[]")
    result = result_of(score, found, person)
    campus.put_result(_kept(campus, result, found))
    return _score_answer("200 OK", "")


def _score_answer(status: str, body: str) -> Response:
    return Response(body, status, content_type=lti.SCORE_TYPE + UTF8)


def _gradable(campus: "Campus", item: LineItem, score: Score) -> Person:
    """Return whom the score is for; raises ScoreMalformed if nobody can be graded."""
    if not score.clears and score.maximum is None:
        raise ScoreMalformed("scoreMaximum")
    person = campus.find_person(score.user_id)
    course = campus.course(item.course)
    enrolment = campus.find_enrolment(course, person) if person else None
    if person is None or enrolment is None or enrolment.role not in GRADABLE:
        raise ScoreMalformed("userId")
    return person


def _kept(campus: "Campus", result: Result, item: LineItem) -> Result:
    """Return what Moodle makes of a result: no more than the maximum.

    On a link's own item no result is from the future.
    """
    score = None if result.score is None else min(result.score, item.maximum)
    at = result.at if item.link is None else min(result.at, campus.now())
    return replace(result, score=score, at=at)


def tool_asked(request: Request) -> int | None:
    return request.args.get("type_id", type=int)


def own_item(campus: "Campus", course: Course, number: int, tool: Tool) -> LineItem:
    item = campus.find_line_item(number)
    if item is None or item.course != course.number:
        raise Refused(404, f"Not Found: Grade item {number} doesn't exist")
    if item.tool != tool.number:
        raise Refused(404, "Line item does not exist")
    return item


def _is_asked(request: Request, item: LineItem) -> bool:
    filters = (
        ("tag", item.tag),
        ("resource_id", item.resource_id),
        ("resource_link_id", str(item.link) if item.link else ""),
    )
    return all(request.args.get(name, value) == value for name, value in filters)


def _line_item_row(campus: "Campus", tool: Tool, item: LineItem) -> dict[str, object]:
    row: dict[str, object] = {
        "id": campus.shape.line_item_url(campus, item, tool),
        "label": item.label,
        "scoreMaximum": whole(item.maximum),
        "resourceId": item.resource_id,
        "tag": item.tag,
    }
    if item.link is not None:
        row["resourceLinkId"] = row["ltiLinkId"] = str(item.link)
    return row


def _is_listed(
    campus: "Campus", request: Request, item: LineItem, result: Result
) -> bool:
    """Tell whether a row shows; a link's own item does not show cleared grades."""
    person = campus.person(result.person)
    if request.args.get("user_id", person.sub) != person.sub:
        return False
    return result.score is not None or item.link is None


def _result_row(
    campus: "Campus", result: Result, item: LineItem, address: _Address
) -> dict[str, object]:
    person = campus.person(result.person)
    row: dict[str, object] = {
        "id": address.of("/results", user_id=person.sub),
        "userId": person.sub,
    }
    if result.score is None:
        return row
    row["resultScore"] = whole(result.score)
    row["resultMaximum"] = whole(item.maximum)
    if result.comment:
        row["comment"] = result.comment
    row["scoreOf"] = address.of("")
    row["timestamp"] = result.at.astimezone(UTC).isoformat(timespec="seconds")
    return row


def _broken_links(address: _Address, page: Page[Any], limit: int) -> str:
    """Return the Link header as Moodle writes it: curly quotes, `&amp;`, UTF-8.

    https://github.com/moodle/moodle: mod/lti/service/gradebookservices/classes/local/
    resources/lineitems.php, lines 206-215 of release 4.3.
    """
    starts = {"first": 0}
    if 0 < page.start < page.total:
        starts["prev"] = max(page.start - limit, 0)
    starts["canonical"] = page.start
    if page.following is not None:
        starts["next"] = page.following
    starts["last"] = max(page.total - limit + 1, 0)
    links = ", ".join(
        f"<{_entities(address.of('', limit=limit, **{'from': start}))}>; "
        f"rel={LEFT_QUOTE}{relation}{RIGHT_QUOTE}"
        for relation, start in starts.items()
    )
    # WSGI headers are Latin-1 text: the bytes on the wire are UTF-8 all the same.
    return links.encode().decode("latin-1")


def _entities(url: str) -> str:
    return url.replace("&", "&amp;")
