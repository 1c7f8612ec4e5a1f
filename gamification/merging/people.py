"""Two users who are one person: merged, and parted again to the row."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gamification.activity.rebuilding import recount
from gamification.awards import evaluate_silently
from gamification.merging.folding import fold
from gamification.merging.parting import part
from gamification.merging.steps import Rewrite, Steps, noted
from gamification.standings.bests import renew_bests
from gamification.standings.calendar import free_anew
from gamification.standings.reaching import reach
from gamification.standings.upkeep import refresh
from gamification.switches import switch_of
from models import Context, Membership, PersonMerge, User, UserIdentity
from models.locks import lock_course


class MergeRefused(Exception):
    """These two cannot be merged, or not be parted; the message says why."""


@dataclass(frozen=True)
class Pair:
    """Two users of a tenant: who stays, and who turned out to be the same."""

    kept: User
    merged: User
    by: str
    """Our id of the program's key that says so, or `operator`."""


def merge(
    session: Session, pair: Pair, now: datetime, *, environment: bool
) -> PersonMerge:
    """Let two users be one: `kept` is who they are from now on.

    The ids by which platforms know `merged` go to `kept`, and so does all they did; of
    what both have once, like an open award, the older stays, and of two consents the
    stricter. Points and boards are counted anew, and badges given without a word.
    Locks every course of both. Raises MergeRefused.
    """
    kept, merged = pair.kept, pair.merged
    _hold(session, (kept.id, merged.id))
    _check(session, kept, merged)
    for course in courses_of(session, (kept.id, merged.id)):
        lock_course(session, course)
    row = PersonMerge(
        tenant_id=kept.tenant_id,
        kept_id=kept.id,
        merged_id=merged.id,
        merged_by=pair.by,
        merged_at=now,
    )
    session.add(row)
    session.flush()
    steps = Steps(session, row.id, now)
    _bring_together(steps, kept.id, merged.id)
    with noted(steps, _members(session, (kept.id, merged.id))):
        settle(session, row, now, environment=environment)
    steps.write()
    session.flush()
    return row


def _bring_together(steps: Steps, kept: int, merged: int) -> None:
    session = steps.session
    mine = _places(session, kept)
    for course, place in _places(session, merged).items():
        if course in mine:
            fold(steps, mine[course], place)
        else:
            steps.change(Membership, [Rewrite(place.id, {"user_id": kept})], course)
    known = sa.select(UserIdentity.id).where(UserIdentity.user_id == merged)
    ids = session.scalars(known.order_by(UserIdentity.id)).all()
    steps.change(UserIdentity, [Rewrite(one, {"user_id": kept}) for one in ids])


def unmerge(
    session: Session, row: PersonMerge, now: datetime, *, environment: bool
) -> None:
    """Part two users again: every row is what it was before they were merged.

    What came since stays with who was kept, but for what corrects a fact that goes
    back: it goes along. Raises MergeRefused for one that was taken back already, and
    while a later one of either of them stands.
    """
    _hold(session, (row.kept_id, row.merged_id))
    session.refresh(row)
    if row.reversed_at is not None:
        raise MergeRefused("This merge was taken back already.")
    later = session.scalar(
        sa.select(PersonMerge.public_id)
        .where(PersonMerge.id > row.id, PersonMerge.reversed_at.is_(None))
        .where(
            PersonMerge.kept_id.in_((row.kept_id, row.merged_id))
            | PersonMerge.merged_id.in_((row.kept_id, row.merged_id))
        )
        .order_by(PersonMerge.id.desc())
        .limit(1)
    )
    if later is not None:
        raise MergeRefused(f"A later merge stands on it: take back {later} first.")
    for course in courses_of(session, (row.kept_id, row.merged_id)):
        lock_course(session, course)
    part(session, row, now)
    row.reversed_at = now
    session.flush()
    settle(session, row, now, environment=environment)


def settle(
    session: Session, row: PersonMerge, now: datetime, *, environment: bool
) -> None:
    """Count both anew in all their courses; nobody is told, it was theirs before."""
    users = (row.kept_id, row.merged_id)
    for course in courses_of(session, users):
        context = session.get_one(Context, course, populate_existing=True)
        members = _members(session, users, course)
        free_anew(session, course, members)
        recount(session, context, members, now)
        refresh(session, context, members)
        renew_bests(session, context, now, members, silent=True)
        switch = switch_of(context, environment=environment)
        if switch.on:
            reach(session, context, now, members, silent=True)
        evaluate_silently(session, context, now, switch=switch, members=members)


def _hold(session: Session, users: Collection[int]) -> None:
    """Let nobody else merge or part these users until the transaction ends.

    Who joins a course meanwhile names one of them, and does not wait for it.
    """
    query = sa.select(User.id).where(User.id.in_(users)).order_by(User.id)
    session.execute(query.with_for_update(key_share=True))


def courses_of(session: Session, users: Collection[int]) -> Sequence[int]:
    """Return the courses of some users, in the order in which they are locked."""
    query = sa.select(Membership.context_id).where(Membership.user_id.in_(users))
    return session.scalars(query.distinct().order_by(Membership.context_id)).all()


def _check(session: Session, kept: User, merged: User) -> None:
    if kept.id == merged.id:
        raise MergeRefused("These are one user already.")
    if kept.tenant_id != merged.tenant_id:
        raise MergeRefused("They belong to different organisations.")
    gone = session.scalar(
        sa.select(PersonMerge.public_id).where(
            PersonMerge.merged_id.in_((kept.id, merged.id)),
            PersonMerge.reversed_at.is_(None),
        )
    )
    if gone is not None:
        raise MergeRefused(
            f"One of them was merged into another already: take back {gone}, or name "
            "who was kept."
        )


def _places(session: Session, user_id: int) -> dict[int, Membership]:
    query = sa.select(Membership).where(Membership.user_id == user_id)
    found = session.scalars(query.order_by(Membership.context_id))
    return {member.context_id: member for member in found}


def _members(
    session: Session, users: Collection[int], course: int | None = None
) -> list[int]:
    query = sa.select(Membership.id).where(Membership.user_id.in_(users))
    if course is not None:
        query = query.where(Membership.context_id == course)
    return list(session.scalars(query.order_by(Membership.id)))
