"""Two places of one person in a course become one: nothing is lost or counts twice.

What both have of a kind that can be there once stays with the place that is given up,
which is out of the course: so the reversal finds it.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gamification.awards.decisions import is_over
from gamification.awards.statements import EXPIRED
from gamification.feedback import tell_programs
from gamification.merging.steps import Rewrite, Steps, table_of
from gamification.standings.lists import TEAM
from models import (
    STAFF,
    Award,
    Base,
    ConsentEntry,
    Contribution,
    ExcusedPeriod,
    Group,
    GroupMember,
    LaunchSession,
    Membership,
    MilestoneReached,
    Notification,
)

EXCLUSIVE: dict[type[Base], tuple[str, ...]] = {
    Notification: ("key",),
    MilestoneReached: ("kind", "value"),
    ConsentEntry: (),
    ExcusedPeriod: (),
    LaunchSession: (),
    GroupMember: ("group_id", "valid_to"),
}
"""What goes along, and by which columns a member has each once: a group one is in
now is not the same as having been in it."""


def fold(steps: Steps, kept: Membership, gone: Membership) -> None:
    """Let `kept` have all that `gone` had; the course is locked."""
    _facts(steps, kept, gone)
    _awards(steps, kept, gone)
    teams = _second_teams(steps, kept, gone)
    for model, names in EXCLUSIVE.items():
        spare = teams if model is GroupMember else ()
        _rest(steps, model, names, (kept, gone), spare)
    _people(steps, kept, gone)


def _facts(steps: Steps, kept: Membership, gone: Membership) -> None:
    """Of a fact that both have, the newer sighting counts, whoever is kept."""
    ours, theirs = (_current(steps.session, member) for member in (kept, gone))
    shared = ours.keys() & theirs.keys()
    theirs_win = {key for key in shared if theirs[key] > ours[key]}
    ours_win = shared - theirs_win
    rewrites = [
        *_homes(_facts_of(steps.session, gone, but=ours_win), kept.id),
        *_homes(_facts_of(steps.session, kept, only=theirs_win), gone.id),
    ]
    steps.change(Contribution, rewrites, kept.context_id)


Rank = tuple[datetime, int, int]


def _current(session: Session, member: Membership) -> dict[str, Rank]:
    """Return each current fact's claim to be the one that counts, by its key."""
    rows = session.execute(
        sa.select(
            *(Contribution.fact_key, Contribution.seen_at),
            *(Contribution.score, Contribution.id),
        ).where(
            Contribution.membership_id == member.id,
            Contribution.superseded_at.is_(None),
        )
    )
    return {key: (seen_at, score or 0, -row) for key, seen_at, score, row in rows}


def _facts_of(
    session: Session,
    member: Membership,
    *,
    only: set[str] | None = None,
    but: Iterable[str] = (),
) -> list[int]:
    """Return the ids of a member's facts, superseded ones included, of some keys."""
    query = sa.select(Contribution.id, Contribution.fact_key).where(
        Contribution.membership_id == member.id
    )
    left_out = set(but)
    return [
        row
        for row, key in session.execute(query.order_by(Contribution.id))
        if key not in left_out and (only is None or key in only)
    ]


def _homes(ids: Iterable[int], member: int) -> list[Rewrite]:
    return [Rewrite(row, {"membership_id": member}) for row in ids]


def _awards(steps: Steps, kept: Membership, gone: Membership) -> None:
    """Of a badge that both hold the older award stays; all are numbered anew.

    One whose day is over holds nothing, noticed or not, and what counted towards it
    earns the badge no second time: so it goes along.
    """
    rows = steps.session.scalars(
        sa.select(Award)
        .where(Award.membership_id.in_((kept.id, gone.id)))
        .order_by(Award.granted_at, Award.id)
    )
    badges: dict[int, list[Award]] = defaultdict(list)
    for award in rows:
        badges[award.badge_id].append(award)
    over = [one for awards in badges.values() for one in _ends(awards, steps.now)]
    rewrites = [
        one
        for awards in badges.values()
        for one in _numbered(awards, kept.id, gone.id, steps.now)
    ]
    these = Award.id.in_([one.row_id for one in over])
    if over:
        tell_programs(steps.session, kept.context_id, "expired", these, steps.now)
    steps.change(Award, over, kept.context_id)
    steps.change(Award, rewrites, kept.context_id)


def _ends(awards: Sequence[Award], now: datetime) -> list[Rewrite]:
    """End those of one badge that are over, where another one is in their way.

    One alone is noticed as any other is.
    """
    unended = [award for award in awards if award.ended_at is None]
    return [
        Rewrite(award.id, {"ended_at": award.expires_at, "end_reason": EXPIRED})
        for award in unended
        if len(unended) > 1 and is_over(award, now)
    ]


def _numbered(
    awards: Sequence[Award], kept: int, gone: int, now: datetime
) -> list[Rewrite]:
    """Give one badge's awards to the kept member, but for a second one that holds."""
    spare = [award for award in awards if not is_over(award, now)][1:]
    staying = [award for award in awards if award not in spare]
    places = [(award, kept, number) for number, award in enumerate(staying, 1)]
    places += [(award, gone, number) for number, award in enumerate(spare, 1)]
    return [
        Rewrite(award.id, {"membership_id": member, "sequence": sequence})
        for award, member, sequence in places
        if (award.membership_id, award.sequence) != (member, sequence)
    ]


def _second_teams(steps: Steps, kept: Membership, gone: Membership) -> Collection[int]:
    """Return which rows of teams stay with the member who is given up.

    Teams that share somebody are compared with none: so of two that they are in now
    the kept one's stays, or the other's where that one alone is still in the course.
    """
    ours, theirs = (_teams_of(steps.session, member) for member in (kept, gone))
    if not ours or not theirs:
        return ()
    if kept.status == "active" or gone.status != "active":
        return theirs.values()
    second = [row for group, row in ours.items() if group not in theirs]
    steps.change(GroupMember, _homes(second, gone.id), kept.context_id)
    return second


def _teams_of(session: Session, member: Membership) -> dict[int, int]:
    """Return the rows by which somebody is in teams now, by team."""
    rows = session.execute(
        sa.select(GroupMember.group_id, GroupMember.id)
        .join(Group, Group.id == GroupMember.group_id)
        .where(
            GroupMember.membership_id == member.id,
            GroupMember.valid_to.is_(None),
            Group.kind == TEAM,
        )
        .order_by(GroupMember.id)
    )
    return dict(rows.all())


def _rest(
    steps: Steps,
    model: type[Base],
    names: tuple[str, ...],
    members: tuple[Membership, Membership],
    spare: Collection[int],
) -> None:
    """Let rows but spare ones go along, unless the kept member has one of the same."""
    kept, gone = members
    table = table_of(model)
    columns = [table.c[name] for name in names]
    query = sa.select(table.c.id, *columns).where(table.c.membership_id == gone.id)
    known: set[tuple[Any, ...]] = set()
    if columns:
        mine = sa.select(*columns).where(table.c.membership_id == kept.id)
        known = {tuple(row) for row in steps.session.execute(mine)}
    rows = steps.session.execute(query.order_by(table.c.id)).all()
    new = [row[0] for row in rows if not columns or tuple(row[1:]) not in known]
    ids = [row for row in new if row not in spare]
    steps.change(model, _homes(ids, kept.id), kept.context_id)


def _people(steps: Steps, kept: Membership, gone: Membership) -> None:
    """Let the kept place say what both said; of two consents the stricter one."""
    values = _together(kept, gone)
    left: dict[str, Any] = {"status": "left", "left_at": gone.left_at or steps.now}
    if not kept.alias:
        # It goes along; else it stays here, so that nobody else is given it.
        left["alias"] = ""
    course, ids = kept.context_id, (gone.id, kept.id)
    steps.change(Membership, [Rewrite(ids[0], left)], course)
    steps.change(Membership, [Rewrite(ids[1], values)], course)


def _together(kept: Membership, gone: Membership) -> dict[str, Any]:
    seen = [one.staff_seen_at for one in (kept, gone) if one.staff_seen_at]
    staff = [one.role for one in (kept, gone) if one.role in STAFF]
    is_here = "active" in {kept.status, gone.status}
    return {
        "name": kept.name or gone.name,
        "alias": kept.alias or gone.alias,
        "role": staff[0] if staff else kept.role,
        "status": "active" if is_here else "left",
        "left_at": None if is_here else kept.left_at,
        "staff_seen_at": max(seen, default=None),
        "first_seen_at": min(kept.first_seen_at, gone.first_seen_at),
        "board_consent": stricter(kept.board_consent, gone.board_consent),
        "name_consent": stricter(kept.name_consent, gone.name_consent),
        "leagues_left_at": kept.leagues_left_at or gone.leagues_left_at,
    }


def stricter(one: bool | None, other: bool | None) -> bool | None:  # noqa: FBT001 -- two words of consent, neither of them a switch
    """Return the word that shows less: no, then none, then yes."""
    order = (False, None, True)
    return min(one, other, key=order.index)
