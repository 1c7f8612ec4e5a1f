"""Line items as a tool writes them in Moodle 4.3, with column management on."""

import json
from dataclasses import replace
from typing import TYPE_CHECKING

from flask import Request, Response

from campus import vocabulary as lti
from campus.columns import Column, ColumnMalformed, parse_column
from campus.records import Course, LineItem, Tool
from campus.shapes.moodle.grades import own_item, tool_asked
from campus.shapes.moodle.services import (
    UTF8,
    content_type,
    course_numbered,
    entitled,
)
from campus.wire import Refused, json_answer

if TYPE_CHECKING:
    from campus.state import Campus


def create(campus: "Campus", request: Request, course: int) -> Response:
    """Add a column; a link that is not this tool's is 403."""
    caller = entitled(campus, request, tool_asked(request), lti.LINE_ITEM)
    content_type(request, lti.LINE_ITEM_TYPE)
    subject = course_numbered(campus, course)
    column = _column(request)
    item = campus.add_line_item(
        LineItem(
            course=subject.number,
            label=column.label,
            maximum=column.maximum,
            tool=caller.number,
            link=_link(campus, subject, caller, column),
            tag=column.tag,
            resource_id=column.resource_id,
            is_made_by_tool=True,
        )
    )
    return _answer(campus, request, caller, item, status=201)


def update(campus: "Campus", request: Request, course: int, item: int) -> Response:
    caller = entitled(campus, request, tool_asked(request), lti.LINE_ITEM)
    content_type(request, lti.LINE_ITEM_TYPE)
    found = own_item(campus, course_numbered(campus, course), item, caller)
    column = _column(request)
    changed = replace(
        found,
        label=column.label,
        maximum=column.maximum,
        tag=column.tag,
        resource_id=column.resource_id,
    )
    campus.change_line_item(changed)
    return _answer(campus, request, caller, changed)


def delete(campus: "Campus", request: Request, course: int, item: int) -> Response:
    """Delete a column with its grades, a link's own one as well."""
    caller = entitled(campus, request, tool_asked(request), lti.LINE_ITEM)
    found = own_item(campus, course_numbered(campus, course), item, caller)
    campus.remove_line_item(found)
    return Response("", "204 OK", content_type="text/html" + UTF8)


def _answer(
    campus: "Campus", request: Request, caller: Tool, item: LineItem, status: int = 200
) -> Response:
    """Repeat what was sent, and say which item it is."""
    sent = json.loads(request.get_data())
    row = {**sent, "id": campus.shape.line_item_url(campus, item, caller)}
    return json_answer(row, lti.LINE_ITEM_TYPE + UTF8, status=status)


def _column(request: Request) -> Column:
    try:
        return parse_column(request.get_data())
    except ColumnMalformed as malformed:
        raise Refused(400, "No label or Score Maximum") from malformed


def _link(campus: "Campus", course: Course, caller: Tool, column: Column) -> int | None:
    if not column.link_id:
        return None
    for link in campus.links(course):
        if link.id == column.link_id and link.tool == caller.number:
            return link.number
    raise Refused(403, "Forbidden")
