"""Which of a few forms somebody sees: the same every time, and written down."""

from gamification.experiments.assignment import Share, assigned
from gamification.experiments.described import Described, experiments_of
from gamification.experiments.exposure import OwnVariant, variant_of, variants_for
from gamification.experiments.planning import (
    ExperimentRefused,
    NotNow,
    Wish,
    find_experiment,
    save,
    wish_of,
)

__all__ = [
    "Described",
    "ExperimentRefused",
    "NotNow",
    "OwnVariant",
    "Share",
    "Wish",
    "assigned",
    "experiments_of",
    "find_experiment",
    "save",
    "variant_of",
    "variants_for",
    "wish_of",
]
