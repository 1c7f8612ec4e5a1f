"""The names under which learners meet on a board: given, never chosen or guessed."""

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta
from itertools import count
from random import Random

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gamification.metrics.people import RANKED, is_ranked
from gamification.standings.news import announce
from gamification.standings.words import ADJECTIVES, NOUNS
from models import Context, FormerAlias, Membership
from models.locks import lock_course

TRIES = 40
DAY = timedelta(days=1)
MOST_A_DAY = 3
NOBODYS_FOR = timedelta(days=30)
"""So long after it was given back an alias is not given to another."""


def assign(
    session: Session,
    context: Context,
    chance: Random,
    members: Collection[int] | None = None,
) -> int:
    """Give every active learner without an alias one; return how many got one.

    An alias stays until its owner wants another, and is unique in its course; one that
    was given back is nobody's for a month. `chance` is the caller's:
    outside of tests a `random.SystemRandom`, so that nobody can work them out.
    """
    query = sa.select(Membership).where(
        Membership.context_id == context.id, Membership.alias == "", *RANKED
    )
    if members is not None:
        query = query.where(Membership.id.in_(members))
    if session.scalar(sa.select(query.exists())) is not True:
        return 0
    lock_course(session, context.id)
    nameless = session.scalars(query.order_by(Membership.id)).all()
    taken = _taken(session, context)
    for member in nameless:
        member.alias = next(a for a in _draw(chance) if a not in taken)
        taken.add(member.alias)
    session.flush()
    return len(nameless)


def refresh(
    session: Session, member: Membership, now: datetime, chance: Random
) -> bool:
    """Give a learner another alias for the one they have; not too often in a day.

    Tells whether they got one. The old one is theirs alone until nobody can take the
    next bearer for them. Hold the course's lock.
    """
    if refreshes_left(session, member, now) == 0:
        return False
    former = FormerAlias(
        context_id=member.context_id,
        membership_id=member.id,
        alias=member.alias,
        given_back_at=now,
    )
    session.add(former)
    member.alias = ""
    session.flush()
    assign(session, member.context, chance, [member.id])
    announce(session, member.context_id, now)
    return True


def refreshes_left(session: Session, member: Membership, now: datetime) -> int:
    """Return how often a learner may have another alias today; without one, never."""
    if not (member.alias and is_ranked(member)):
        return 0
    today = sa.select(sa.func.count()).where(
        FormerAlias.membership_id == member.id, FormerAlias.given_back_at > now - DAY
    )
    return max(0, MOST_A_DAY - (session.scalar(today) or 0))


def _taken(session: Session, context: Context) -> set[str]:
    """Return the aliases that nobody new gets: those in use, and those just left."""
    used = sa.select(Membership.alias).where(
        Membership.context_id == context.id, Membership.alias != ""
    )
    # Rows are deleted once the month is over.
    left = sa.select(FormerAlias.alias).where(FormerAlias.context_id == context.id)
    return set(session.scalars(sa.union_all(used, left)))


def _draw(chance: Random) -> Iterator[str]:
    """Yield aliases without end; a very large course gets numbers, too."""
    for turn in count():
        pair = f"{chance.choice(ADJECTIVES)} {chance.choice(NOUNS)}".title()
        # Twins get a number once free pairs have become rare.
        yield pair if turn < TRIES else f"{pair} {turn // TRIES + 1}"
