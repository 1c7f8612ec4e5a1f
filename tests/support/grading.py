"""Scores at the campus, and what we made of them."""

from dataclasses import replace
from datetime import datetime

import sqlalchemy as sa

from campus.records import LineItem, Person, Result
from models import Item, Membership, Standing, UserIdentity
from tests.support.clock import NOW
from tests.support.syncing import Desk

QUIZ, READING = "quiz-1-cells", "week-1-reading-log"


def grade(
    desk: Desk,
    person: Person,
    score: float | None,
    item: LineItem | None = None,
    at: datetime = NOW,
) -> None:
    desk.registered.campus.put_result(
        Result(
            line_item=(item or desk.registered.cast.quiz).number,
            person=person.number,
            score=score,
            at=at,
        )
    )


def an_item(desk: Desk, label: str, **fields: object) -> LineItem:
    cast = desk.registered.cast
    item = LineItem(course=cast.course.number, label=label, tool=cast.tool.number)
    return desk.registered.campus.add_line_item(replace(item, **fields))  # type: ignore[arg-type] # any field of a line item


def keys(desk: Desk) -> dict[str, bool]:
    """Return the items' keys, and whether the platform still has them."""
    rows = desk.session.execute(sa.select(Item.key, Item.gone_at))
    return {key: gone_at is None for key, gone_at in rows}


def points(desk: Desk, person: Person) -> int:
    """Return somebody's points of all time, in millionths."""
    query = (
        sa.select(Standing.points)
        .where(Standing.context_id == desk.context.id, Standing.period == "all")
        .where(Standing.membership_id == member_id(desk, person))
    )
    return desk.session.scalar(query) or 0


def member_id(desk: Desk, person: Person) -> int:
    return member_of(desk, person).id


def member_of(desk: Desk, person: Person) -> Membership:
    """Return somebody's place in the course, by their id at its platform."""
    query = (
        sa.select(Membership)
        .join(UserIdentity, UserIdentity.user_id == Membership.user_id)
        .where(
            Membership.context_id == desk.context.id,
            UserIdentity.registration_id == desk.context.registration_id,
            UserIdentity.sub == person.sub,
        )
    )
    return desk.session.scalars(query).one()
