"""Everybody of a course for its staff, page by page."""

import base64
import binascii
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gamification.metrics import ALL, POINT
from gamification.metrics.awarded import is_open
from gamification.metrics.weights import TIME
from gamification.standings.audience import PARTICIPANTS
from gamification.standings.consent import is_named
from models import Award, Context, Earned, Membership, Standing, User

Sort = Literal["name", "points", "badges"]


class BadCursor(ValueError):
    """A cursor is not one of ours, or was made for another order."""


@dataclass(frozen=True)
class Page:
    """Which part of a list is wanted."""

    sort: Sort = "name"
    """By name from A, by points or badges from the most."""
    after: str | None = None
    """The cursor a page before it named as `next`."""
    limit: int = 50


@dataclass(frozen=True, kw_only=True)
class ClassRow:
    """One member, by name: for staff alone."""

    user_id: str
    name: str
    alias: str
    board_name: str
    """What learners read of them on the board; empty for who is not on it."""
    role: str
    status: str
    points: int
    """Whole points, rounded down."""
    completed: int
    badges: int
    last_active_at: datetime | None
    """When they last did something that counts."""


@dataclass(frozen=True)
class ClassPage:
    rows: list[ClassRow]
    next: str | None


def class_list(
    session: Session,
    context: Context,
    now: datetime,
    *,
    search: str = "",
    page: Page | None = None,
) -> ClassPage:
    """Return a page of a course's members whose name or alias contains a text.

    One query. Raises BadCursor when `after` does not belong to this order.
    """
    page = page or Page()
    key = _sort_key(page.sort, now)
    place = sa.tuple_(key, Membership.id)
    query = _members(context, key, now)
    if search:
        query = query.where(
            sa.or_(
                Membership.name.icontains(search, autoescape=True),
                Membership.alias.icontains(search, autoescape=True),
            )
        )
    up = page.sort == "name"
    if page.after:
        last = _place_of(page)
        query = query.where(place > last if up else place < last)
    order = [key, Membership.id] if up else [key.desc(), Membership.id.desc()]
    rows = session.execute(query.order_by(*order).limit(page.limit + 1)).all()
    more = len(rows) > page.limit
    shown = rows[: page.limit]
    return ClassPage(
        [_row(context, row) for row in shown],
        _cursor(page.sort, shown[-1][0], shown[-1][1]) if more else None,
    )


def _members(
    context: Context, key: sa.ColumnElement[Any], now: datetime
) -> sa.Select[*tuple[Any, ...]]:
    active = (
        sa.select(sa.func.max(Earned.occurred_at))
        .where(Earned.membership_id == Membership.id, Earned.kind != TIME.kind)
        .correlate(Membership)
        .scalar_subquery()
    )
    overall = sa.and_(
        Standing.membership_id == Membership.id,
        Standing.context_id == context.id,
        Standing.period == ALL,
    )
    return (
        sa.select(
            key,
            Membership.id,
            Membership,
            User,
            Standing.points,
            Standing.completed,
            Standing.audience,
            _badges(now),
            active,
        )
        .join(User, User.id == Membership.user_id)
        .outerjoin(Standing, overall)
        .where(Membership.context_id == context.id)
    )


def _badges(now: datetime) -> sa.ScalarSelect[int]:
    return (
        sa.select(sa.func.count())
        .where(Award.membership_id == Membership.id, is_open(now))
        .correlate(Membership)
        .scalar_subquery()
    )


def _sort_key(sort: Sort, now: datetime) -> sa.ColumnElement[Any]:
    if sort == "name":
        return sa.func.lower(Membership.name)
    return sa.func.coalesce(Standing.points, 0) if sort == "points" else _badges(now)


def _row(context: Context, found: Any) -> ClassRow:  # noqa: ANN401 -- a row of `_members`
    _, _, member, user, points, completed, audience, badges, active = found
    is_shown = context.board_enabled and audience == PARTICIPANTS
    own_name = member.name if is_named(member, context) else ""
    return ClassRow(
        user_id=user.public_id,
        name=member.name,
        alias=member.alias,
        board_name=(own_name or member.alias) if is_shown else "",
        role=member.role,
        status=member.status,
        points=(points or 0) // POINT,
        completed=completed or 0,
        badges=badges,
        last_active_at=active,
    )


def _cursor(sort: Sort, value: str | int, member: int) -> str:
    text = json.dumps([sort, value, member]).encode()
    return base64.urlsafe_b64encode(text).decode().rstrip("=")


def _place_of(page: Page) -> sa.Tuple:
    kind = str if page.sort == "name" else int
    try:
        padded = f"{page.after}{'=' * (-len(page.after or '') % 4)}"
        sort, value, member = json.loads(base64.urlsafe_b64decode(padded))
    except (ValueError, TypeError, binascii.Error, RecursionError) as error:
        raise BadCursor("This cursor cannot be read.") from error
    if (sort, type(value), type(member)) != (page.sort, kind, int):
        raise BadCursor("This cursor belongs to another list.")
    if not all(_fits(part) for part in (value, member)):
        raise BadCursor("This cursor cannot be read.")
    return sa.tuple_(sa.literal(value), sa.literal(member))


def _fits(part: str | int) -> bool:
    """Tell whether a database can compare it: no NUL, no half character, 64 bits."""
    if isinstance(part, int):
        return abs(part) < 2**63
    return not any(char == "\0" or "\ud800" <= char <= "\udfff" for char in part)
