"""A gradebook's column for badges."""

import json
from typing import Any

from campus.records import LineItem
from jobs.scores import publish_scores
from tests.support.syncing import Desk


def a_column(desk: Desk, maximum: float = 50, tag: str = "laurel") -> LineItem:
    """Put a line item with our tag into the gradebook, as a deep link does."""
    cast = desk.registered.cast
    return desk.registered.campus.add_line_item(
        LineItem(
            course=cast.course.number,
            label="Badges",
            maximum=maximum,
            tool=cast.tool.number,
            tag=tag,
        )
    )


def send(desk: Desk) -> dict[str, int]:
    """Send the scores that are due; return what came of them."""
    desk.session.commit()
    context_id = desk.context.id
    desk.session.rollback()
    with desk.app.app_context():
        tally = publish_scores(context_id)
    return dict(tally.counts)


def posted(desk: Desk) -> list[dict[str, Any]]:
    requests = desk.registered.campus.traffic.requests("scores")
    return [json.loads(request.body) for request in requests]


def column(desk: Desk) -> LineItem:
    campus, course = desk.registered.campus, desk.registered.cast.course
    return next(item for item in campus.line_items(course) if item.tag == "laurel")
