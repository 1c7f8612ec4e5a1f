"""Who has which badge: the one definition of earned, and what it awards."""

from gamification.awards.evaluation import Granted, evaluate, evaluate_silently
from gamification.awards.holding import (
    BadgeRoster,
    BadgeStanding,
    badges_and_past,
    badges_for,
    holds,
)
from gamification.awards.recompute import Recomputed, courses_on, recompute
from gamification.awards.shares import shares

__all__ = [
    "BadgeRoster",
    "BadgeStanding",
    "Granted",
    "Recomputed",
    "badges_and_past",
    "badges_for",
    "courses_on",
    "evaluate",
    "evaluate_silently",
    "holds",
    "recompute",
    "shares",
]
