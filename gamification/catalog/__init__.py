"""What can be earned: the operator's file, the rules in it, a course's badges."""

from gamification.catalog.adoption import adopt
from gamification.catalog.criteria import Criterion
from gamification.catalog.definitions import Catalog, Definition, Dropped, Note
from gamification.catalog.loading import load, parse

__all__ = [
    "Catalog",
    "Criterion",
    "Definition",
    "Dropped",
    "Note",
    "adopt",
    "load",
    "parse",
]
