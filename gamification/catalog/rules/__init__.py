"""A badge's rule as data: a tree of what is to be done, checked when it is read."""

from gamification.catalog.rules.faults import BadRule, Fault
from gamification.catalog.rules.leaf import Leaf
from gamification.catalog.rules.reading import json_schema, read_rule
from gamification.catalog.rules.tree import (
    All,
    AnyOf,
    NoneOf,
    Prerequisite,
    Rule,
    forbids,
    has_forbidden,
    leaves_of,
    prerequisites_of,
)

__all__ = [
    "All",
    "AnyOf",
    "BadRule",
    "Fault",
    "Leaf",
    "NoneOf",
    "Prerequisite",
    "Rule",
    "forbids",
    "has_forbidden",
    "json_schema",
    "leaves_of",
    "prerequisites_of",
    "read_rule",
]
