"""What an assistant's tools answer: the API's shapes, and no name in any of them."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel

from gamification.standings import Board
from models import Context
from views.api.schemas import Badge, MyBadges


class CourseBadges(MyBadges):
    """One course's badges, as `GET /api/me/badges` gives them to the user."""

    course: str
    title: str


class UserBadges(BaseModel):
    user_id: str
    courses: list[CourseBadges]


class BoardPlace(BaseModel):
    """A place on the board; empty ranks where the course shows none."""

    rank: int | None
    alias: str
    points: int
    completed: int
    badges: int
    updated_at: datetime


class CourseBoard(BaseModel):
    """A board; `off` and `too_few` (fewer than five people) have no rows."""

    course: str
    title: str
    period: str
    state: Literal["off", "too_few", "ready"]
    people: int
    rows: list[BoardPlace]


class Explained(BaseModel):
    """How a user stands with a badge, and why, in sentences."""

    user_id: str
    course: str
    badge: Badge
    why: list[str]


def board_in(context: Context, board: Board) -> CourseBoard:
    """Return a board as it was shown to somebody outside of the course."""
    return CourseBoard(
        course=context.public_id,
        title=context.title,
        period=board.period,
        state=board.state,
        people=board.people,
        rows=[
            BoardPlace(
                rank=row.rank,
                alias=row.name,
                points=row.points,
                completed=row.completed,
                badges=row.badges,
                updated_at=row.updated_at,
            )
            for row in board.rows
        ],
    )
