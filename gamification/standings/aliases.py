"""The names under which learners meet on a board: given, never chosen or guessed."""

from collections.abc import Collection, Iterator
from itertools import count
from random import Random

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gamification.metrics.people import RANKED
from gamification.standings.words import ADJECTIVES, NOUNS
from models import Context, Membership
from models.locks import lock_course

TRIES = 40


def assign(
    session: Session,
    context: Context,
    chance: Random,
    members: Collection[int] | None = None,
) -> int:
    """Give every active learner without an alias one; return how many got one.

    An alias stays for good and is unique in its course. `chance` is the caller's:
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
    taken = set(
        session.scalars(
            sa.select(Membership.alias).where(
                Membership.context_id == context.id, Membership.alias != ""
            )
        )
    )
    for member in nameless:
        member.alias = next(a for a in _draw(chance) if a not in taken)
        taken.add(member.alias)
    session.flush()
    return len(nameless)


def _draw(chance: Random) -> Iterator[str]:
    """Yield aliases without end; a very large course gets numbers, too."""
    for turn in count():
        pair = f"{chance.choice(ADJECTIVES)} {chance.choice(NOUNS)}".title()
        # Twins get a number once free pairs have become rare.
        yield pair if turn < TRIES else f"{pair} {turn // TRIES + 1}"
