"""Who is ranked and awarded: the learners who are in the course now."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import Membership

RANKED = (Membership.role == "learner", Membership.status == "active")
"""Staff, observers and test users have facts, too, but no rank and no badges."""


def learners(session: Session, context_id: int) -> int:
    """Count the people of a course who are ranked."""
    ours = Membership.context_id == context_id
    query = sa.select(sa.func.count()).select_from(Membership).where(ours, *RANKED)
    return session.scalars(query).one()


def is_ranked(membership: Membership) -> bool:
    """Say the same of one person as RANKED does in a query."""
    return membership.role == "learner" and membership.status == "active"
