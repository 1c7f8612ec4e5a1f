"""Why a badge was given and why not yet, in sentences: for the API and assistants."""

from collections.abc import Mapping
from typing import Any

from gamification.awards.explaining import Explanation
from gamification.awards.history import AwardRow
from gamification.catalog import Criterion
from gamification.catalog.rules import BadRule
from gamification.metrics import METRICS
from views.wording import counted, day

GIVERS = {
    "instructor": "by an instructor",
    "admin": "by an administrator",
    "operator": "by the operator",
    "key": "by a program",
    "learner": "for a code",
}
ENDS = {
    "expired": "It was good until {day}; only what was done since then counts.",
    "unmet": "It was taken back on {day}: its rule was no longer met.",
    "revoked": "It was taken back on {day}: {reason}.",
}

COUNTED = ("value", "counted")
"""What evidence adds to a condition: what it came to, and what was in its set."""


def why(found: Explanation, zone: str) -> list[str]:
    """Say why somebody has a badge, or what is missing; days are those of a zone."""
    standing, award = found.standing, found.award
    if award is not None and award.state == "open":
        return _given(award, zone)
    if standing.earned:
        return [f"Its rule is met: {standing.criterion_text}. The award follows."]
    said = ended(award, zone) if award is not None else []
    if not found.is_learner:
        return [*said, "Only learners who are in the course now earn badges."]
    if award is not None and award.barred:
        return [*said, "It is not given again until somebody lifts that."]
    if standing.withheld:
        said = [*said, "It is held back: nobody is given it for now."]
    return [*said, *(f"{sentence}." for sentence in standing.missing)]


def _given(award: AwardRow, zone: str) -> list[str]:
    if award.origin != "rule":
        return [given_by(award, zone)]
    return [f"Earned on {day(award.granted_at, zone)}.", *_conditions(award.evidence)]


def given_by(award: AwardRow, zone: str) -> str:
    """Say who gave an award that no rule gave, and for what."""
    giver = GIVERS.get(str(award.evidence.get("role", "")), "by hand")
    reason = str(award.evidence.get("reason") or "").rstrip(".")
    when = day(award.granted_at, zone)
    return f"Given on {when} {giver}{f': {reason}' if reason else ''}."


def _conditions(evidence: Mapping[str, Any]) -> list[str]:
    """Say what met a rule: each condition, and by how much where it is a number."""
    conditions = evidence.get("conditions", [evidence])
    return [sentence for one in conditions if (sentence := _condition(one))]


def _condition(evidence: Mapping[str, Any]) -> str:
    rule = {name: said for name, said in evidence.items() if name not in COUNTED}
    try:
        asked = Criterion.from_json(rule).sentence
    except BadRule:
        return ""
    metric = METRICS.get(str(evidence.get("metric")))
    if metric is None or rule.keys() != {"metric", "at_least"}:
        return f"Asked was: {asked}."
    value = int(evidence.get("value", 0)) // metric.unit
    return f"Asked was: {asked}. There were {counted(value, str(rule['metric']))}."


def ended(award: AwardRow, zone: str) -> list[str]:
    """Say how an award came to its end; nothing where it has none."""
    end = award.ended_at or award.expires_at
    if end is None:
        return []
    sentence = ENDS[award.state]
    reason = (award.end_reason or "").rstrip(".")
    return [sentence.format(day=day(end, zone), reason=reason)]
