"""Who somebody is in a course, and who is ranked and awarded there."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import Context, Membership, PersonMerge, User, UserIdentity

RANKED = (Membership.role == "learner", Membership.status == "active")
"""Staff, observers and test users have facts, too, but no rank and no badges."""
AT_ONCE = 500


@dataclass(frozen=True)
class Person:
    """Somebody who is or was in a course."""

    membership_id: int
    is_ranked: bool


def people_of(
    session: Session, context: Context, names: Collection[str]
) -> dict[str, Person]:
    """Find people of a course by our ids or by the platform's; ours go first.

    An id of ours that was merged into another names who was kept. Whom the course
    does not know is left out. One query for each 500 names.
    """
    found: dict[str, Person] = {}
    wanted = sorted(names)
    for start in range(0, len(wanted), AT_ONCE):
        rows = session.execute(_named(context, wanted[start : start + AT_ONCE]))
        found |= {name: Person(member, ranked) for name, member, ranked, _ in rows}
    return found


def named(context_id: int, user_id: str) -> sa.Select[int]:
    """Select a person's membership of a course, by our public id.

    What is asked of one person is asked by this alone: with the course beside it
    SQLite would read what that one has.
    """
    return (
        sa.select(Membership.id)
        .join(User, User.id == Membership.user_id)
        .where(Membership.context_id == context_id, User.public_id == user_id)
    )


def _named(
    context: Context, names: list[str]
) -> sa.CompoundSelect[str, int, bool, int]:
    """Ask for people by either name; who is meant by our id comes after the others.

    Whom a merge kept comes after whom it gave up.
    """
    columns = (Membership.id, sa.and_(*RANKED))
    theirs = (
        sa.select(UserIdentity.sub.label("name"), *columns, sa.literal(0).label("ours"))
        .join(UserIdentity, UserIdentity.user_id == Membership.user_id)
        .where(
            Membership.context_id == context.id,
            UserIdentity.registration_id == context.registration_id,
            UserIdentity.sub.in_(names),
        )
    )
    meant = _meant(names)
    ours = (
        sa.select(meant.c.name, *columns, meant.c.merges + 1)
        .join(meant, meant.c.user_id == Membership.user_id)
        .where(Membership.context_id == context.id)
    )
    return sa.union_all(theirs, ours).order_by("ours")


def _meant(names: Sequence[str]) -> sa.CTE:
    """Select the users that our ids mean: each one, and whom it was merged into since.

    The columns are `name`, `user_id`, and by how many `merges` it is another's.
    """
    named = sa.select(
        User.public_id.label("name"),
        User.id.label("user_id"),
        sa.literal(0).label("merges"),
    ).where(User.public_id.in_(names))
    meant = named.cte("meant", recursive=True)
    kept = sa.select(meant.c.name, PersonMerge.kept_id, meant.c.merges + 1).join(
        PersonMerge,
        sa.and_(
            PersonMerge.merged_id == meant.c.user_id, PersonMerge.reversed_at.is_(None)
        ),
    )
    return meant.union_all(kept)


def member_meant(session: Session, context_id: int, user_id: str) -> Membership | None:
    """Return whom our id of a person means in a course, whom a merge kept included."""
    meant = _meant([user_id])
    return session.scalar(
        sa.select(Membership)
        .join(meant, meant.c.user_id == Membership.user_id)
        .where(Membership.context_id == context_id)
        .order_by(meant.c.merges.desc())
        .limit(1)
    )


def learners(session: Session, context_id: int) -> int:
    """Count the people of a course who are ranked."""
    ours = Membership.context_id == context_id
    query = sa.select(sa.func.count()).select_from(Membership).where(ours, *RANKED)
    return session.scalars(query).one()


def is_ranked(membership: Membership) -> bool:
    """Say the same of one person as RANKED does in a query."""
    return membership.role == "learner" and membership.status == "active"
