"""Which parts of a board somebody may look at: no two of them single anybody out.

Whoever sees the whole board and that of a section sees the rest, too; with a third view
they can take any two apart. docs/decisions tells the rule and why it is this one.
"""

from collections import Counter
from collections.abc import Mapping, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import Context, Group, GroupMember, LeaguePlace, Membership
from models.groups import KINDS

FEWEST = 5
"""Below so many people a board tells more about persons than about points."""

Cells = Mapping[frozenset[str], int]
"""How many people are in just these groups of a viewer's, and in no other of them."""


def opened_groups(cells: Cells, everybody: int) -> list[str]:
    """Return the groups whose boards may be shown beside that of the whole course.

    One after the other, the widest kind first: a group opens if every set of people
    that can be made of the open boards, by adding, cutting and taking away, has nobody
    in it or at least five.
    """
    if everybody < FEWEST:
        return []
    outside = everybody - sum(count for groups, count in cells.items() if groups)
    parts = Counter({**cells, frozenset[str](): outside})
    opened: list[str] = []
    for group in sorted({name for groups in cells for name in groups}, key=_width):
        if _is_safe(parts, [*opened, group]):
            opened.append(group)
    return opened


def people_in(cells: Cells, group: str) -> int:
    """Return how many of those on the board are in a group."""
    return sum(count for groups, count in cells.items() if group in groups)


def cells_of(
    session: Session, member: Membership, listed: sa.Select[int]
) -> dict[frozenset[str], int]:
    """Count those who are listed by the groups of a member they share.

    Each group has its own word, `kind/id`; one with nobody listed is there with 0.
    One query, which reads the groups of the member and no more of the course.
    """
    word = Group.kind + "/" + Group.public_id
    mine = sa.select(GroupMember.group_id).where(
        GroupMember.membership_id == member.id, GroupMember.valid_to.is_(None)
    )
    shared = (
        sa.select(sa.func.aggregate_strings(word, " ").label("words"))
        .select_from(GroupMember)
        .join(Group, Group.id == GroupMember.group_id)
        .where(
            GroupMember.group_id.in_(mine),
            GroupMember.valid_to.is_(None),
            GroupMember.membership_id.in_(listed),
        )
        .group_by(GroupMember.membership_id)
        .subquery()
    )
    own = sa.select(word, sa.literal(0)).where(Group.id.in_(mine))
    counted = sa.select(shared.c.words, sa.func.count()).group_by(shared.c.words)
    cells: Counter[frozenset[str]] = Counter()
    for words, count in session.execute(sa.union_all(counted, own)):
        cells[frozenset(words.split())] += count
    return dict(cells)


def word_of(cells: Cells, group_id: str) -> str | None:
    """Return a group's word in the cells of who is in it; None for any other group."""
    words = {word for groups in cells for word in groups}
    return next((word for word in words if word.endswith(f"/{group_id}")), None)


def is_group(session: Session, context: Context, group_id: str) -> bool:
    """Tell whether a course has such a group, for staff."""
    query = sa.select(Group.id).where(
        Group.context_id == context.id, Group.public_id == group_id
    )
    return session.scalar(query) is not None


def in_group(
    context_id: sa.ColumnElement[int], group_id: sa.ColumnElement[str]
) -> sa.Select[int]:
    """Select who is in a group of a course now."""
    return (
        sa.select(GroupMember.membership_id)
        .join(Group, Group.id == GroupMember.group_id)
        .where(
            Group.context_id == context_id,
            Group.public_id == group_id,
            GroupMember.valid_to.is_(None),
        )
    )


def in_league(
    context_id: sa.ColumnElement[int],
    week: sa.ColumnElement[str],
    league: sa.ColumnElement[int],
) -> sa.Select[int]:
    """Select who is in a league of a week; who wants none any more is in none."""
    return (
        sa.select(LeaguePlace.membership_id)
        .join(Membership, Membership.id == LeaguePlace.membership_id)
        .where(
            LeaguePlace.context_id == context_id,
            LeaguePlace.week == week,
            LeaguePlace.league == league,
            Membership.leagues_left_at.is_(None),
        )
    )


def _width(word: str) -> tuple[int, str]:
    kind, _, group_id = word.partition("/")
    return KINDS.index(kind), group_id


def _is_safe(parts: Mapping[frozenset[str], int], views: Sequence[str]) -> bool:
    """Tell whether these boards, side by side, leave nobody in a part of under five."""
    seen: Counter[frozenset[str]] = Counter()
    for groups, count in parts.items():
        seen[groups & frozenset(views)] += count
    last = views[-1]
    has_people = any(count and last in groups for groups, count in seen.items())
    return has_people and all(count >= FEWEST for count in seen.values() if count)
