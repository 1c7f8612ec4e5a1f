"""What learners did: the log, and everything that is derived from it."""

from gamification.activity.facts import Fact, FactRefused
from gamification.activity.outbox import request
from gamification.activity.rebuilding import rebuild
from gamification.activity.recording import (
    EVALUATE_COURSE,
    Recorded,
    Refused,
    record,
)

__all__ = [
    "EVALUATE_COURSE",
    "Fact",
    "FactRefused",
    "Recorded",
    "Refused",
    "rebuild",
    "record",
    "request",
]
