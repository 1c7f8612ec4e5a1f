"""From a parsed document to a rule, with everything that is wrong with it named."""

from collections.abc import Mapping
from typing import Any

from pydantic import TypeAdapter, ValidationError

from gamification.catalog.rules.faults import BadRule, Fault, faults_in
from gamification.catalog.rules.leaf import MOST_ITEMS as MOST_OF_ONE
from gamification.catalog.rules.leaf import Leaf
from gamification.catalog.rules.tree import (
    GROUPS,
    All,
    AnyOf,
    NoneOf,
    Prerequisite,
    Rule,
    leaves_of,
)

DEEPEST = 8
MOST_LEAVES = 40
MOST_ITEMS = 2_000
"""In all of a rule's conditions: a statement takes so many parameters and no more."""
SHORTHAND = ("metric", "threshold")

_RULE: TypeAdapter[Any] = TypeAdapter(Rule)


def read_rule(document: object) -> Any:  # noqa: ANN401 -- a Rule, which is no type
    """Return the rule in a parsed document; raise BadRule for what is none.

    `{"metric", "threshold"}` is shorthand for `{"metric", "at_least"}`.
    """
    if isinstance(document, Mapping) and set(document) == set(SHORTHAND):
        document = {"metric": document["metric"], "at_least": document["threshold"]}
    if _depth(document) > DEEPEST:
        raise BadRule([Fault("", f"it is nested more than {DEEPEST} deep")])
    try:
        rule = _RULE.validate_python(document)
    except ValidationError as error:
        models = (All, AnyOf, NoneOf, Prerequisite, Leaf)
        raise BadRule(faults_in(error, models)) from None
    leaves = list(leaves_of(rule))
    if len(leaves) > MOST_LEAVES:
        raise BadRule([Fault("", f"it has more than {MOST_LEAVES} conditions")])
    if sum(map(_items, leaves)) > MOST_ITEMS:
        most = f"{MOST_ITEMS:,} items in all of its conditions"
        sets = any(leaf.item_set is not None for leaf in leaves)
        said = f"{most}; each set counts as {MOST_OF_ONE}" if sets else most
        raise BadRule([Fault("", f"it names more than {said}")])
    return rule


def _items(leaf: Leaf) -> int:
    """Count the items a condition may come to: nobody knows yet what a set will hold."""
    return MOST_OF_ONE if leaf.item_set is not None else len(leaf.keys or ())


def written(rule: Any) -> dict[str, Any]:  # noqa: ANN401 -- a Rule, which is no type
    """Return a rule as the plain data it was read from, without what says nothing."""
    document: dict[str, Any] = rule.model_dump(
        mode="json", by_alias=True, exclude_defaults=True
    )
    return document


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of a rule."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Criterion",
        "description": "What earns a badge: one condition, or a tree of them.",
        **_RULE.json_schema(by_alias=True),
    }


def _depth(document: object) -> int:
    """Count how deep groups are nested; without recursion, whatever is handed in."""
    depth, layer = 0, [document]
    while layer and depth <= DEEPEST:
        depth += 1
        layer = [
            part
            for one in layer
            if isinstance(one, Mapping)
            for group in GROUPS
            if isinstance(one.get(group), list | tuple)
            for part in one[group]
        ]
    return depth
