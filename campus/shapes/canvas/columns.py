"""Line items as a tool writes them in Canvas: each one is an assignment."""

from dataclasses import replace
from typing import TYPE_CHECKING

from flask import Request, Response

from campus import vocabulary as lti
from campus.columns import Column, ColumnMalformed, parse_column
from campus.records import Course, LineItem
from campus.shapes.canvas.grades import current, line_item_row, own_item
from campus.shapes.canvas.services import (
    NOT_FOUND,
    answer,
    course_numbered,
    entitled,
)
from campus.wire import Refused, json_answer

if TYPE_CHECKING:
    from campus.state import Campus


def create(campus: "Campus", request: Request, course: int) -> Response:
    """Add a column; an unknown link is 404."""
    caller = entitled(campus, request, lti.LINE_ITEM)
    subject = current(course_numbered(campus, course, caller))
    column = _column(request)
    item = campus.add_line_item(
        LineItem(
            course=subject.number,
            label=column.label,
            maximum=column.maximum,
            tool=caller.number,
            link=_link(campus, subject, column),
            tag=column.tag,
            resource_id=column.resource_id,
            is_made_by_tool=True,
        )
    )
    row = line_item_row(campus, request, item, caller)
    return json_answer(row, lti.LINE_ITEM_TYPE, status=201)


def update(campus: "Campus", request: Request, course: int, item: int) -> Response:
    caller = entitled(campus, request, lti.LINE_ITEM)
    found = own_item(campus, course_numbered(campus, course, caller), item, caller)
    column = _column(request)
    changed = replace(
        found,
        label=column.label,
        maximum=column.maximum,
        tag=column.tag,
        resource_id=column.resource_id,
    )
    campus.change_line_item(changed)
    return answer(line_item_row(campus, request, changed, caller), lti.LINE_ITEM_TYPE)


def delete(campus: "Campus", request: Request, course: int, item: int) -> Response:
    """Delete a column of the tool's own making; a link's own one stays: 401.

    With no word at all, unlike every other refusal.
    https://github.com/instructure/canvas-lms/blob/master/app/controllers/lti/ims/line_items_controller.rb
    """
    caller = entitled(campus, request, lti.LINE_ITEM)
    found = own_item(campus, course_numbered(campus, course, caller), item, caller)
    if found.link is not None:
        return Response("", 401)
    campus.remove_line_item(found)
    return Response("", 204)


def _column(request: Request) -> Column:
    try:
        return parse_column(request.get_data())
    except ColumnMalformed as malformed:
        text = f"param is missing or the value is empty: {malformed.field}"
        raise Refused(400, text) from malformed


def _link(campus: "Campus", course: Course, column: Column) -> int | None:
    if not column.link_id:
        return None
    for link in campus.links(course):
        if link.id == column.link_id:
            return link.number
    raise Refused(404, NOT_FOUND)
