"""Assignments and Grades as Canvas serves them."""

from typing import TYPE_CHECKING

from flask import Request, Response

from campus import vocabulary as lti
from campus.records import Course, LineItem, Person, Result, Role, Tool
from campus.scores import Score, ScoreMalformed, parse_score, result_of
from campus.shapes.canvas.paging import PageSize, asked_page, page_links
from campus.shapes.canvas.services import (
    NOT_FOUND,
    answer,
    course_numbered,
    entitled,
)
from campus.wire import Refused

if TYPE_CHECKING:
    from campus.state import Campus

READERS = (lti.LINE_ITEM, lti.LINE_ITEM_READ)
SIZE = PageSize(default=10, largest=100)
SUBMISSION = "https://canvas.instructure.com/lti/submission"
LAUNCH_URL = "https://canvas.instructure.com/lti/launch_url"


def line_items(campus: "Campus", request: Request, course: int) -> Response:
    """Return the items of the calling key; nobody else's are ever listed."""
    caller = entitled(campus, request, *READERS)
    subject = current(course_numbered(campus, course, caller))
    items = [
        item
        for item in campus.line_items(subject, caller)
        if _is_asked(campus, request, item)
    ]
    page = asked_page(request, items, SIZE)
    rows = [line_item_row(campus, request, item, caller) for item in page.rows]
    response = answer(rows, lti.LINE_ITEMS_TYPE)
    response.headers["Link"] = page_links(campus, request, page, SIZE)
    return response


def line_item(campus: "Campus", request: Request, course: int, item: int) -> Response:
    caller = entitled(campus, request, *READERS)
    found = own_item(campus, course_numbered(campus, course, caller), item, caller)
    row = line_item_row(campus, request, found, caller)
    return answer(row, lti.LINE_ITEM_TYPE)


def results(campus: "Campus", request: Request, course: int, item: int) -> Response:
    caller = entitled(campus, request, lti.RESULT_READ)
    found = own_item(campus, course_numbered(campus, course, caller), item, caller)
    asked = request.args.get("user_id")
    listed = [
        result
        for result in campus.results(found)
        if asked in (None, campus.person(result.person).sub)
    ]
    page = asked_page(request, listed, SIZE)
    url = campus.shape.line_item_url(campus, found, caller)
    rows = [_result_row(campus, result, found, url) for result in page.rows]
    response = answer(rows, lti.RESULTS_TYPE)
    response.headers["Link"] = page_links(campus, request, page, SIZE)
    return response


def result(
    campus: "Campus", request: Request, course: int, item: int, result: int
) -> Response:
    caller = entitled(campus, request, lti.RESULT_READ)
    found = own_item(campus, course_numbered(campus, course, caller), item, caller)
    url = campus.shape.line_item_url(campus, found, caller)
    for candidate in campus.results(found):
        if candidate.number == result:
            row = _result_row(campus, candidate, found, url)
            return answer(row, lti.RESULTS_TYPE)
    raise Refused(404, NOT_FOUND)


def scores(campus: "Campus", request: Request, course: int, item: int) -> Response:
    """Store a score; one that is not graded clears the grade.

    An assignment that nobody published yet takes none: 422.
    """
    caller = entitled(campus, request, lti.SCORE)
    found = own_item(campus, course_numbered(campus, course, caller), item, caller)
    score = _score(request)
    if not found.is_published:
        raise Refused(422, "This assignment is not published")
    person = _student(campus, found, score)
    before = campus.find_result(found, person)
    if before and score.at <= before.at:
        text = "Provided timestamp of {} before last updated timestamp of {}"
        raise Refused(400, text.format(score.at.isoformat(), before.at.isoformat()))
    stored = campus.put_result(result_of(score, found, person))
    url = campus.shape.line_item_url(campus, found, caller)
    return answer(
        {
            SUBMISSION: {"content_items": []},
            "resultUrl": f"{url}/results/{stored.number}",
        }
    )


def current(course: Course) -> Course:
    if course.concluded:
        raise Refused(404, NOT_FOUND)
    return course


def own_item(campus: "Campus", course: Course, number: int, tool: Tool) -> LineItem:
    item = campus.find_line_item(number)
    if item is None or item.course != current(course).number:
        raise Refused(404, NOT_FOUND)
    if item.tool != tool.number:
        raise Refused(412, "Tool does not have permission to view line_item")
    return item


def _is_asked(campus: "Campus", request: Request, item: LineItem) -> bool:
    filters = (
        ("tag", item.tag),
        ("resource_id", item.resource_id),
        ("resource_link_id", _link_id(campus, item)),
    )
    return all(request.args.get(name, value) == value for name, value in filters)


def _link_id(campus: "Campus", item: LineItem) -> str:
    links = campus.links(campus.course(item.course))
    return next((link.id for link in links if link.number == item.link), "")


def line_item_row(
    campus: "Campus", request: Request, item: LineItem, tool: Tool
) -> dict[str, object]:
    known = {
        "id": campus.shape.line_item_url(campus, item, tool),
        "scoreMaximum": float(item.maximum),
        "label": item.label,
        "resourceId": item.resource_id,
        "tag": item.tag,
        "resourceLinkId": _link_id(campus, item),
    }
    if "launch_url" in request.args.getlist("include[]"):
        known[LAUNCH_URL] = tool.target_link_uri
    # Empty members are left out.
    return {name: value for name, value in known.items() if value != ""}


def _result_row(
    campus: "Campus", result: Result, item: LineItem, url: str
) -> dict[str, object]:
    """Return a result; Canvas tells no time."""
    row: dict[str, object] = {
        "id": f"{url}/results/{result.number}",
        "scoreOf": url,
        "userId": campus.person(result.person).sub,
        "resultScore": None if result.score is None else float(result.score),
        "resultMaximum": float(item.maximum),
    }
    if result.comment:
        row["comment"] = result.comment
    return row


def _score(request: Request) -> Score:
    try:
        score = parse_score(request.get_data())
    except ScoreMalformed as malformed:
        if malformed.field == "timestamp":
            text = "Provided timestamp is not a valid timestamp"
            raise Refused(400, text) from malformed
        text = f"param is missing or the value is empty: {malformed.field}"
        raise Refused(400, text) from malformed
    if score.given is not None and score.maximum is None:
        text = "ScoreMaximum not supplied when ScoreGiven present."
        raise Refused(422, text)
    if score.given is not None and score.given < 0:
        raise Refused(422, "ScoreGiven must be greater than or equal to 0")
    return score


def _student(campus: "Campus", item: LineItem, score: Score) -> Person:
    """Return whom the score is for, by `sub` or Canvas number; only students."""
    person = campus.find_person(score.user_id)
    if person is None and score.user_id.isdecimal():
        person = campus.find_person_numbered(int(score.user_id))
    course = campus.course(item.course)
    enrolment = campus.find_enrolment(course, person) if person else None
    if person is None or enrolment is None or enrolment.role is not Role.STUDENT:
        raise Refused(422, "User not found in course or is not a student")
    return person
