"""What became of a badge that somebody has, or had: its page tells it to them."""

from dataclasses import dataclass
from datetime import datetime

from gamification.awards import BadgeStanding
from gamification.awards.history import newest_award
from jobs.clock import now
from models import LaunchSession
from models.db import db
from views.whys import ended, given_by


@dataclass(frozen=True)
class Story:
    """How a learner came to a badge, how long it is theirs, and how they lost it."""

    given: str = ""
    """By whom, and for what; empty where its rule gave it."""
    until: datetime | None = None
    lost: str = ""
    """Why they do not have it any more."""


def story_of(launch: LaunchSession, badge: BadgeStanding) -> Story:
    """Return what became of a badge of a launch's own person. One query."""
    award = newest_award(db.session(), launch.membership, badge.key, now())
    if award is None:
        return Story()
    zone = launch.context.zone
    if award.state == "open":
        given = "" if award.origin == "rule" else given_by(award, zone)
        return Story(given, award.expires_at)
    if badge.earned:
        return Story()
    return Story(lost=" ".join(ended(award, zone, is_retired=badge.retired)))
