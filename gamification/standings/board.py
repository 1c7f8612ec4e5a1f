"""The leaderboard: a few rows around the viewer, at a cost that does not grow."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from sqlalchemy.orm import Session

from gamification.metrics import POINT
from gamification.standings.audience import PARTICIPANTS, audience_of
from gamification.standings.consent import NAMELESS, name_for
from gamification.standings.filters import (
    FEWEST,
    cells_of,
    is_group,
    opened_groups,
    people_in,
    word_of,
)
from gamification.standings.freezing import is_frozen
from gamification.standings.mine import key_of
from gamification.standings.places import (
    Overview,
    Place,
    View,
    Viewer,
    overview_of,
    places_of,
)
from gamification.standings.seats import Part, part_of
from gamification.standings.selecting import people_listed
from gamification.switches import Switch


class NoSuchGroup(LookupError):
    """The course has no such group, or it is not one of the asking learner's."""


@dataclass(frozen=True, kw_only=True)
class BoardRow:
    """One person of the board, as the viewer may see them."""

    rank: int | None
    """1, 2, 2, 4; empty where the course shows no absolute ranks."""
    gap: int | None
    """Whole points ahead of the viewer (behind: below zero), for relative ranks."""
    name: str
    """The alias; the name for staff, and for learners with that one's consent."""
    points: int
    """Whole points, rounded down."""
    completed: int
    badges: int
    updated_at: datetime
    """To the hour where it is somebody else's and the viewer is no staff."""
    me: bool
    user_id: str | None
    """For staff alone."""


@dataclass(frozen=True, kw_only=True)
class Board:
    """A board for one viewer; without rows unless it is `ready`."""

    state: Literal["off", "too_few", "ready"]
    """`too_few`, too, where a part's would single somebody out beside the whole."""
    period: str
    """The key of the period: `all`, `term`, `2026-W47`, `2026-11`."""
    final: bool
    """The period is over for a week: points that come later change nothing here."""
    people: int
    """How many are on it; of too few people only staff learn the number."""
    joined: bool
    """Whether the viewer's points are shown on it, as soon as there are enough."""
    rows: list[BoardRow]
    league: int | Literal["mine"] | None = None
    """The league it shows: learners are told no number of theirs."""
    leagues: int | None = None
    """How many leagues that week has, for staff alone."""


@dataclass(frozen=True)
class Wanted:
    """Which board somebody wants to see."""

    period: str = "all"
    """`all`, the `term`, the running `week` or `month`, or a past one by its key."""
    group: str | None = None
    """The public id of a group, for the board of its people alone."""
    league: int | None = None
    """A league of that week, 1 for the most points, for staff."""


EVERYTHING = Wanted()
NOBODY = Overview(points=None, shown=None, everybody=0, people=0)


def leaderboard(
    session: Session,
    viewer: Viewer,
    now: datetime,
    *,
    switch: Switch,
    wanted: Wanted = EVERYTHING,
) -> Board:
    """Return the viewer's board: the top rows, and themself among their neighbours.

    Best first; two queries, one more with a group and one with leagues, however large
    the course. Learners filter by their own groups, staff by any: NoSuchGroup is raised
    for others, NoSuchPeriod, and NoSuchLeague for anybody but staff. In a week with
    leagues learners read their own one.
    """
    context = viewer.member.context
    key = key_of(context, now, wanted.period)
    joined = audience_of(viewer.member, context.board_participation) == PARTICIPANTS
    empty = Board(
        state="off",
        period=key,
        final=is_frozen(context, key),
        people=0,
        joined=joined,
        rows=[],
    )
    if not (switch.on and context.board_enabled):
        return empty
    part = part_of(session, View(context, viewer, key, wanted.group), wanted.league)
    view, empty = part.view, replace(empty, league=part.league, leagues=part.leagues)
    found = _people_shown(session, part)
    if found.people < FEWEST:
        people = found.people if view.by_staff else 0
        return replace(empty, state="too_few", people=people)
    view = replace(view, points=found.points, shown=found.shown)
    rows = [_row(view, place) for place in places_of(session, view, now)]
    return replace(empty, state="ready", people=found.people, rows=rows)


def _people_shown(session: Session, part: Part) -> Overview:
    """Count a board as far as it may be shown: one that may not be has nobody."""
    if part.view.group is not None:
        return _group_shown(session, part, part.view.group)
    if part.is_closed:
        return NOBODY
    found = overview_of(session, part.view)
    rest = found.everybody - found.people
    is_safe = part.view.by_staff or not 0 < rest < FEWEST
    return found if is_safe else NOBODY


def _group_shown(session: Session, part: Part, group: str) -> Overview:
    view = part.view
    if view.by_staff:
        if not is_group(session, view.context, group):
            raise NoSuchGroup(group)
        return overview_of(session, view)
    listed = people_listed(view.shape).params(view.asked())
    cells = cells_of(session, view.viewer.member, listed)
    word = word_of(cells, group)
    if word is None:
        raise NoSuchGroup(group)
    if part.is_closed:
        return NOBODY
    found = overview_of(session, view)
    more = (found.points is not None) - (found.shown is not None)
    is_open = word in opened_groups(cells, found.everybody - more)
    people = people_in(cells, word) + more
    return replace(found, people=people if is_open else 0)


def _row(view: View, place: Place) -> BoardRow:
    me, updated_at = place.membership_id == view.viewer_id, place.updated_at
    if not (me or view.by_staff):
        updated_at = updated_at.replace(minute=0, second=0, microsecond=0)
    return BoardRow(
        rank=1 + place.ahead if view.by_staff or _shows(view, "absolute") else None,
        gap=_gap(view, place.points) if _shows(view, "relative") else None,
        name=_name(view, place),
        points=place.points // POINT,
        completed=place.completed,
        badges=place.badges,
        updated_at=updated_at,
        me=me,
        user_id=place.user_id if view.by_staff else None,
    )


def _shows(view: View, form: str) -> bool:
    return view.context.board_rank == form


def _gap(view: View, points: int) -> int | None:
    if view.points is None:
        return None
    return points // POINT - view.points // POINT


def _name(view: View, place: Place) -> str:
    if view.viewer.reads_aliases:
        return place.alias or NAMELESS
    return name_for(place, view.context, by_staff=view.by_staff)
