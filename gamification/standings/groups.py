"""Sections, departments, groups and teams of a course, and who was in them when."""

import secrets
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import Context, Group, GroupMember, Membership
from models.locks import lock_course

AT_ONCE = 500
SHORT = 6
"""Letters of a key in a name that is made up."""
CURRENT = GroupMember.valid_to.is_(None)
Pair = tuple[int, int]
"""A group and a membership."""


@dataclass(frozen=True)
class GroupTold:
    """A group as a source tells it, with everybody in it, by their memberships."""

    external_id: str
    name: str
    """Empty where its source knows none: then it keeps the one that it has."""
    members: frozenset[int]


@dataclass(frozen=True)
class GroupRow:
    """A group as it is now."""

    id: str
    kind: str
    key: str
    """What its source calls it."""
    name: str
    people: int | None = None
    """How many are in it; for staff alone."""


@dataclass(frozen=True)
class Regrouped:
    """What a complete list of groups changed."""

    groups: int
    joined: int
    left: int


def set_groups(
    session: Session,
    context: Context,
    kind: str,
    told: Sequence[GroupTold],
    now: datetime,
) -> Regrouped:
    """Make the groups of a kind those of a complete list; what was is kept as history.

    Groups that it lacks are gone, and so is everybody in them: never call it with a
    part. Locks the course; a handful of statements and one for each 500 changes.
    Raises IntegrityError for somebody of another course.
    """
    lock_course(session, context.id)
    ids = _write_groups(session, context, kind, told, now)
    current = {
        (group, member): row
        for row, group, member in session.execute(
            sa.select(GroupMember.id, GroupMember.group_id, GroupMember.membership_id)
            .join(Group, Group.id == GroupMember.group_id)
            .where(Group.context_id == context.id, Group.kind == kind, CURRENT)
        )
    }
    wanted = {(ids[one.external_id], member) for one in told for member in one.members}
    over = [row for pair, row in current.items() if pair not in wanted]
    new = sorted(wanted - current.keys())
    for rows in _pieces(over):
        session.execute(
            sa.update(GroupMember).where(GroupMember.id.in_(rows)).values(valid_to=now)
        )
    _enter(session, context, new, now)
    return Regrouped(len(ids), len(new), len(over))


def has_groups_from(session: Session, context: Context, kind: str, prefix: str) -> bool:
    """Tell whether a source, whose keys begin so, has named a group that is there."""
    query = sa.select(Group.id).where(
        Group.context_id == context.id,
        Group.kind == kind,
        Group.gone_at.is_(None),
        Group.external_id.startswith(prefix, autoescape=True),
    )
    return session.scalar(query.limit(1)) is not None


def groups_of(session: Session, context: Context) -> list[GroupRow]:
    """Return a course's groups with how many of the course are in each. One query.

    For staff. Who left the course stays written down in a group, and is not counted.
    """
    people = sa.func.count(Membership.id)
    is_here = sa.and_(
        Membership.id == GroupMember.membership_id, Membership.status == "active"
    )
    rows = session.execute(
        sa.select(Group, people)
        .outerjoin(GroupMember, sa.and_(GroupMember.group_id == Group.id, CURRENT))
        .outerjoin(Membership, is_here)
        .where(Group.context_id == context.id, Group.gone_at.is_(None))
        .group_by(Group.id)
        .order_by(Group.kind, Group.name, Group.id)
    )
    return [_row(group, count) for group, count in rows]


def own_groups(session: Session, member: Membership) -> list[GroupRow]:
    """Return the groups somebody is in, without a count of the others. One query."""
    rows = session.scalars(
        sa.select(Group)
        .join(GroupMember, GroupMember.group_id == Group.id)
        .where(GroupMember.membership_id == member.id, CURRENT)
        .order_by(Group.kind, Group.name, Group.id)
    )
    return [_row(group, None) for group in rows]


def version_of(session: Session, context: Context, kind: str) -> tuple[object, ...]:
    """Return what differs whenever the groups of a kind, or who is in them, changed."""
    history = (
        sa.select(
            sa.func.max(GroupMember.id),
            sa.func.count(GroupMember.id),
            sa.func.count(GroupMember.valid_to),
        )
        .join(Group, Group.id == GroupMember.group_id)
        .where(Group.context_id == context.id, Group.kind == kind)
    )
    names = (
        sa.select(Group.external_id, Group.name)
        .where(
            Group.context_id == context.id, Group.kind == kind, Group.gone_at.is_(None)
        )
        .order_by(Group.external_id)
    )
    counts = session.execute(history).one()
    return (*counts, *map(tuple, session.execute(names)))


def _row(group: Group, people: int | None) -> GroupRow:
    return GroupRow(group.public_id, group.kind, group.external_id, group.name, people)


def _write_groups(
    session: Session,
    context: Context,
    kind: str,
    told: Sequence[GroupTold],
    now: datetime,
) -> dict[str, int]:
    """Bring the rows of groups up to date; return the ids of those that are told."""
    known = {
        group.external_id: group
        for group in session.scalars(
            sa.select(Group).where(Group.context_id == context.id, Group.kind == kind)
        )
    }
    names = {one.external_id: one.name for one in told}
    for key, group in known.items():
        group.name = names.get(key) or group.name
        group.gone_at = None if key in names else group.gone_at or now
    session.flush()
    fresh = [
        {
            "public_id": secrets.token_hex(11),
            "context_id": context.id,
            "kind": kind,
            "external_id": key,
            "name": name or _made_up(kind, key),
        }
        for key, name in sorted(names.items())
        if key not in known
    ]
    ids = {key: group.id for key, group in known.items() if key in names}
    if fresh:
        made = sa.insert(Group).returning(Group.external_id, Group.id)
        ids |= dict(session.execute(made, fresh).all())
    return ids


def _made_up(kind: str, key: str) -> str:
    return f"{kind.title()} {key.rpartition(':')[2][:SHORT]}"


def _enter(
    session: Session, context: Context, pairs: Iterable[Pair], now: datetime
) -> None:
    rows = [
        {
            "context_id": context.id,
            "group_id": group,
            "membership_id": member,
            "valid_from": now,
        }
        for group, member in pairs
    ]
    if rows:
        session.execute(sa.insert(GroupMember), rows)


def _pieces(things: Sequence[object]) -> Iterator[Sequence[object]]:
    return (things[at : at + AT_ONCE] for at in range(0, len(things), AT_ONCE))
