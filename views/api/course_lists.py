"""Which courses there are, for a program that knows none yet."""

from typing import Annotated

from flask import Response, jsonify
from flask_openapi3.blueprint import APIBlueprint
from pydantic import Field

from gamification.metrics.cursors import BadCursor
from jobs.api_keys import COURSES_READ
from jobs.key_courses import courses_for
from models.db import db
from views.api.examples import example, shown
from views.api.operations import checked, operation
from views.api.problems import problem
from views.api.schemas import Answer, Asked, Cursor, Printable
from views.api.writing import guard
from views.guards import api_key, requires

bp = APIBlueprint("course_list_api", __name__, url_prefix="/api/v1")
guard(bp)


class CoursesQuery(Asked):
    platform_id: Annotated[Printable, Field(max_length=255)] | None = None
    """Only those that a platform knows by this id."""
    cursor: Cursor | None = None
    limit: int = Field(default=50, ge=1, le=200)


class CourseListed(Answer):
    model_config = example(
        id="5d1f…",
        title="Biology 101",
        platform="https://lms.example",
        platform_id="42",
        enabled=True,
    )

    id: str
    """Ours: what every address of a course takes."""
    title: str
    platform: str
    """The issuer of its platform."""
    platform_id: str
    """The platform's id of it."""
    enabled: bool
    """Its own switch: its organisation's and the operator's come before it."""


class CourseList(Answer):
    model_config = example(items=[shown(CourseListed)], next=None)

    items: list[CourseListed]
    next: str | None


@bp.get("/courses", **operation((), CourseList, key=COURSES_READ))
@requires(key=COURSES_READ)
@checked
def get_courses(query: CoursesQuery) -> Response:
    """List the organisation's courses that a launch opens, the newest first."""
    try:
        found = courses_for(
            db.session(),
            api_key(),
            platform_id=query.platform_id,
            after=query.cursor,
            limit=query.limit,
        )
    except BadCursor as error:
        return problem(422, f"cursor: {error}")
    items = [CourseListed.model_validate(row) for row in found.rows]
    answer = CourseList(items=items, next=found.next)
    return jsonify(answer.model_dump(mode="json"))
