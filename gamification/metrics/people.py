"""Who is ranked and awarded: the learners who are in the course now."""

from models import Membership

RANKED = (Membership.role == "learner", Membership.status == "active")
"""Staff, observers and test users have facts, too, but no rank and no badges."""


def is_ranked(membership: Membership) -> bool:
    """Say the same of one person as RANKED does in a query."""
    return membership.role == "learner" and membership.status == "active"
