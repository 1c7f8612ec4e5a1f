"""The shapes of what the API tells a person of their own past."""

from datetime import datetime

from pydantic import Field

from views.api.award_schemas import Award
from views.api.event_schemas import AnyEvent
from views.api.examples import example, shown
from views.api.schemas import Answer, Asked, Course, Cursor, User


class HistoryQuery(Asked):
    cursor: Cursor | None = None
    limit: int = Field(default=50, ge=1, le=200)


class OwnEvent(AnyEvent):
    """Something the caller did, as it counts now."""

    model_config = example(**shown(AnyEvent))


class Happened(Answer):
    """An event or an award; the other one is empty."""

    model_config = example(at="2026-11-20T09:30:00Z", event=shown(OwnEvent), award=None)

    at: datetime
    event: OwnEvent | None
    award: Award | None


class History(Answer):
    model_config = example(items=[shown(Happened)], next=None)

    items: list[Happened]
    next: str | None


class OwnMembership(Answer):
    """What is known of the caller in this course, and what they decided."""

    model_config = example(
        name="Ada Ahorn",
        alias="Keen Kestrel",
        role="learner",
        status="active",
        board_consent=True,
        name_consent=None,
        leagues_left_at=None,
        first_seen_at="2026-09-01T08:00:00Z",
        left_at=None,
    )

    name: str
    alias: str
    role: str
    status: str
    board_consent: bool | None
    """Their word on the leaderboard: joined, left, or not asked yet."""
    name_consent: bool | None
    """Their word on their name being read there."""
    leagues_left_at: datetime | None
    """Since when they want no league."""
    first_seen_at: datetime
    left_at: datetime | None


class OwnData(Answer):
    """Everything that is kept about the caller in this course."""

    model_config = example(
        told_at="2026-11-22T10:00:00Z",
        user=shown(User),
        platform_ids=["42"],
        course=shown(Course),
        membership=shown(OwnMembership),
        events=[shown(OwnEvent)],
        awards=[shown(Award)],
        kept={},
    )

    told_at: datetime
    user: User
    platform_ids: list[str]
    course: Course
    membership: OwnMembership
    events: list[OwnEvent]
    """What they did, with what was corrected since."""
    awards: list[Award]
    kept: dict[str, list[dict[str, object]]]
    """What else there is, by what it is; points are in millionths here."""
