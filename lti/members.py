"""Writing a roster down: people, their ids and their places in a course."""

import secrets
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from lti.roles import NOTED_EVERY, STAFF_FOR
from lti.roster import Member
from models import STAFF, Context, LaunchSession, Membership, User, UserIdentity
from models.upsert import insert

ROSTERED = ("learner", "assistant", "instructor", "observer")
"""Whom rosters name; administrators and test users come by launches alone."""
LEAVERS_UNASKED = 5
LEAVERS_SHARE = 30


@dataclass(frozen=True)
class Leavers:
    """The memberships of those a roster no longer names, and how many there were."""

    members: tuple[int, ...]
    known: int


@dataclass(frozen=True)
class Stored:
    """Which memberships are new, and which were written: a name, a role, or back."""

    new: tuple[int, ...]
    written: tuple[int, ...]


def store(
    session: Session, context: Context, members: Sequence[Member], now: datetime
) -> Stored:
    """Write people down in a number of statements that does not grow with them.

    Who had left is back. A role of staff stays for 30 days after the last source
    that named it; a test user stays one. Hold the course's lock.
    """
    if not members:
        return Stored((), ())
    # Courses share people and not their locks: all write them in the same order.
    members = sorted(members, key=lambda member: member.sub)
    users = _users(session, context, members, now)
    rows: list[dict[str, object]] = [
        {
            "context_id": context.id,
            "user_id": user,
            "name": member.name,
            "role": member.role,
            "staff_seen_at": now if member.role in STAFF else None,
            "first_seen_at": now,
        }
        for user, member in _by_user(members, users).items()
    ]
    written = session.execute(_enrolment(session, rows, now)).all()
    return Stored(
        new=tuple(id_ for id_, first_seen_at in written if first_seen_at == now),
        written=tuple(id_ for id_, _ in written),
    )


def _by_user(members: Iterable[Member], users: Mapping[str, int]) -> dict[int, Member]:
    """Return what is said of each user; of two ids of one the staff's word counts."""
    found: dict[int, Member] = {}
    for member in members:
        known = found.get(users[member.sub])
        if known is None or (member.role in STAFF and known.role not in STAFF):
            found[users[member.sub]] = member
    return found


def of_several_ids(session: Session, context_id: int) -> dict[str, int]:
    """Return whose user an id is, for a course's people of more than one id there."""
    other = aliased(UserIdentity)
    query = (
        sa.select(UserIdentity.sub, UserIdentity.user_id)
        .join(Membership, Membership.user_id == UserIdentity.user_id)
        .join(Context, Context.id == Membership.context_id)
        .where(
            Context.id == context_id,
            UserIdentity.registration_id == Context.registration_id,
            sa.exists().where(
                other.user_id == UserIdentity.user_id,
                other.registration_id == UserIdentity.registration_id,
                other.id != UserIdentity.id,
            ),
        )
    )
    return dict(session.execute(query).all())


def absent_from(
    session: Session, context: Context, present: Collection[str], since: datetime
) -> Leavers:
    """Return the active people whom a whole roster does not name by any of their ids.

    Who was first seen after `since`, or launched, may be missing from a roster that
    began before.
    """
    has_launched = sa.exists().where(
        LaunchSession.membership_id == Membership.id,
        LaunchSession.context_id == context.id,
        LaunchSession.created_at > since,
    )
    query = (
        sa.select(Membership.id, UserIdentity.sub)
        .join(UserIdentity, UserIdentity.user_id == Membership.user_id)
        .where(
            Membership.context_id == context.id,
            Membership.status == "active",
            Membership.role.in_(ROSTERED),
            Membership.first_seen_at <= since,
            ~has_launched,
            UserIdentity.registration_id == context.registration_id,
        )
    )
    rows = session.execute(query).all()
    known = {id_ for id_, _ in rows}
    named = {id_ for id_, sub in rows if sub in present}
    return Leavers(tuple(sorted(known - named)), len(known))


def are_believable(leavers: Leavers, present: Collection[str]) -> bool:
    """Tell whether so many may leave without a human's word.

    Not more than 30 % and at least five at once, and never all of them: a roster
    that is empty is a fault far more often than a course that is.
    """
    leaving = len(leavers.members)
    is_exodus = leaving * 100 > leavers.known * LEAVERS_SHARE
    return bool(present or not leaving) and not (
        leaving >= LEAVERS_UNASKED and is_exodus
    )


def leave(session: Session, leavers: Leavers, now: datetime) -> None:
    """Mark people as left; their facts and awards stay."""
    for ids in _chunks(leavers.members):
        session.execute(
            sa.update(Membership)
            .where(Membership.id.in_(ids))
            .values(status="left", left_at=now)
        )


def _chunks(ids: Sequence[int], size: int = 500) -> Iterable[Sequence[int]]:
    return (ids[start : start + size] for start in range(0, len(ids), size))


def _users(
    session: Session, context: Context, members: Sequence[Member], now: datetime
) -> dict[str, int]:
    """Return each one's user; who has none gets one."""
    known = _known(session, context, members)
    newcomers = [member.sub for member in members if member.sub not in known]
    if newcomers:
        made = _make_users(session, context, newcomers, now)
        known |= _known(session, context, members)
        # A launch in another course may have been first to bring the same person.
        if spare := made - set(known.values()):
            session.execute(sa.delete(User).where(User.id.in_(spare)))
    return known


def _known(
    session: Session, context: Context, members: Sequence[Member]
) -> dict[str, int]:
    query = sa.select(UserIdentity.sub, UserIdentity.user_id).where(
        UserIdentity.registration_id == context.registration_id,
        UserIdentity.sub.in_([member.sub for member in members]),
    )
    return dict(session.execute(query).all())


def _make_users(
    session: Session, context: Context, newcomers: Sequence[str], now: datetime
) -> set[int]:
    subs = {secrets.token_hex(11): sub for sub in newcomers}
    people = [
        {"public_id": public_id, "tenant_id": context.tenant_id, "created_at": now}
        for public_id in subs
    ]
    made = session.execute(sa.insert(User).returning(User.id, User.public_id), people)
    identities = [
        {
            "registration_id": context.registration_id,
            "sub": subs[public_id],
            "user_id": user_id,
        }
        for user_id, public_id in made.all()
    ]
    session.execute(insert(session, UserIdentity).on_conflict_do_nothing(), identities)
    return {int(str(identity["user_id"])) for identity in identities}


def _enrolment(
    session: Session, rows: list[dict[str, object]], now: datetime
) -> sa.UpdateBase:
    """Return the INSERT that brings people in, back, or under another name or role.

    Each is called what the roster says now: nothing, where it keeps names to itself.
    """
    statement = insert(session, Membership).values(rows)
    role = _role_after(statement.excluded.role, now)
    seen_long_ago = sa.or_(
        Membership.staff_seen_at.is_(None),
        Membership.staff_seen_at < now - NOTED_EVERY,
    )
    is_another = sa.or_(
        Membership.status != "active",
        Membership.role != role,
        Membership.name != statement.excluded.name,
        sa.and_(statement.excluded.staff_seen_at.is_not(None), seen_long_ago),
    )
    upsert: sa.UpdateBase = statement.on_conflict_do_update(
        index_elements=["context_id", "user_id"],
        set_={
            "status": "active",
            "left_at": None,
            "name": statement.excluded.name,
            "role": role,
            "staff_seen_at": sa.func.coalesce(
                statement.excluded.staff_seen_at, Membership.staff_seen_at
            ),
        },
        where=is_another,
    ).returning(Membership.id, Membership.first_seen_at)
    return upsert


def _role_after(said: sa.ColumnElement[str], now: datetime) -> sa.ColumnElement[str]:
    was_staff = sa.and_(
        Membership.role.in_(STAFF), Membership.staff_seen_at >= now - STAFF_FOR
    )
    is_test = sa.and_(Membership.role == "test", said == "learner")
    return sa.case(
        (said.in_(STAFF), said),
        (was_staff | is_test, Membership.role),
        else_=said,
    )
