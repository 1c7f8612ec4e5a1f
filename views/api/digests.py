"""A course's weeks in numbers, for who looks after it: no name is among them."""

from datetime import date

from flask import Response, jsonify
from flask_openapi3.blueprint import APIBlueprint
from pydantic import Field

from gamification.standings import NoSuchPeriod, Weeks, digests
from gamification.standings.digest import MOST_WEEKS
from jobs.api_keys import PEOPLE_READ
from jobs.clock import now
from models import STAFF
from models.db import db
from views.api.courses import the_course
from views.api.examples import example
from views.api.operations import checked, operation
from views.api.problems import problem
from views.api.schemas import Answer, Asked, CoursePath
from views.api.writing import guard
from views.guards import requires
from views.pages import switch_now

bp = APIBlueprint("digest_api", __name__, url_prefix="/api/v1/courses")
guard(bp)


class DigestQuery(Asked):
    weeks: int = Field(default=1, ge=1, le=MOST_WEEKS)
    """So many weeks in a row."""
    until: str | None = Field(default=None, pattern=r"^[1-9][0-9]{3}-W[0-9]{2}$")
    """The last of them, `2026-W45`; left out, the running one."""


class WeekBadge(Answer):
    key: str
    label: str
    icon: str
    awards: int


class Week(Answer):
    """What the active learners did in a week, all together."""

    week: str
    """`2026-W47`, in the course's zone."""
    first: date
    """Its Monday."""
    last: date
    is_free: bool
    """Most of its days are a break of the course."""
    contributors: int
    """Who did anything that counts; a grade alone is the teacher's act."""
    events: int
    points: int
    facts: dict[str, int]
    """How many facts of each kind; without the kinds there are none of."""
    people: int
    """Who has a new badge; awards that were over again by its end are left out."""
    badges: list[WeekBadge]
    """How often which badge was awarded, in the catalog's order."""


class WeekList(Answer):
    """The weeks from the oldest to the newest; none while a switch is off."""

    model_config = example(
        enabled=True,
        items=[
            {
                "week": "2026-W47",
                "first": "2026-11-16",
                "last": "2026-11-22",
                "is_free": False,
                "contributors": 2,
                "events": 3,
                "points": 12,
                "facts": {"submitted": 2, "completed": 1, "graded": 1},
                "people": 1,
                "badges": [
                    {
                        "key": "author",
                        "label": "Author",
                        "icon": "📝",
                        "awards": 1,
                    }
                ],
            }
        ],
        next=None,
    )

    enabled: bool
    items: list[Week]
    next: None = None


@bp.get(
    "/<course_id>/digest",
    **operation(STAFF, WeekList, refusals=(404,), key=PEOPLE_READ),
)
@requires(*STAFF, key=PEOPLE_READ)
@checked
def get_digest(path: CoursePath, query: DigestQuery) -> Response:
    """Tell the running week, or a run of weeks, in numbers; nothing while it is off."""
    context = the_course(path)
    switch, weeks = switch_now(context), Weeks(query.weeks, query.until)
    try:
        found = digests(db.session(), context, now(), switch=switch, weeks=weeks)
    except NoSuchPeriod as error:
        return problem(422, f"until: {error}")
    items = [Week.model_validate(week) for week in found]
    answer = WeekList(enabled=switch.on, items=items)
    return jsonify(answer.model_dump(mode="json"))
