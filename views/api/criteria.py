"""A rule out of a request, or why it cannot be used, by its place in the request."""

from gamification.catalog import Criterion, own
from gamification.catalog.rules import BadRule, Fault
from views.api import rule_schemas as schemas

ONE_RULE = "criterion: give a criterion, or a metric and a threshold"


class RuleRefused(ValueError):
    """There is no rule that can be read; the message names what is wrong, and where."""


def rule_in(body: schemas.BadgeWish) -> Criterion:
    """Return the rule of a badge; raise RuleRefused where there is none, or two."""
    if (body.criterion is None) == (body.metric is None or body.threshold is None):
        raise RuleRefused(ONE_RULE)
    try:
        return Criterion.from_json(_written(body))
    except BadRule as bad:
        raise RuleRefused("; ".join(map(_said, bad.faults))) from None


def rule_or_none(body: schemas.BadgeWish) -> Criterion | None:
    """Return the same, or None where a badge is to keep the rule it has."""
    if body.criterion is None and body.metric is None and body.threshold is None:
        return None
    return rule_in(body)


def past_in(asked: schemas.Past | None) -> own.Past | None:
    """Return what is to become of what was before."""
    return None if asked is None else own.Past(**asked.model_dump())


def _written(body: schemas.BadgeWish) -> dict[str, object]:
    if body.criterion is not None:
        return body.criterion
    return {"metric": body.metric, "threshold": body.threshold}


def _said(fault: Fault) -> str:
    """Name a fault by its place in the request."""
    dot = "." if fault.path and not fault.path.startswith("[") else ""
    return str(Fault(f"criterion{dot}{fault.path}", fault.message))
