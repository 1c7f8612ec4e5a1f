"""Why a badge was given and why not yet, in sentences: for the API and assistants."""

from gamification.awards.explaining import Explanation
from gamification.awards.history import AwardRow
from gamification.catalog.rules.words import listed
from models import OPERATOR
from views.wording import counted, day

GIVERS = {
    "instructor": "by an instructor",
    "admin": "by an administrator",
    OPERATOR: "by the operator",
    "key": "by a program",
    "learner": "for a code",
}
ENDS = {
    "expired": "It was good until {day}; only what was done since then counts.",
    "unmet": "It was taken back on {day}: its rule was no longer met.",
    "revoked": "It was taken back on {day}: {reason}.",
}
OVER = "It was good until {day}."
RETIRED = "It is retired: nobody is given it any more."


def why(found: Explanation, zone: str) -> list[str]:
    """Say why somebody has a badge, or what is missing; days are those of a zone."""
    standing, award = found.standing, found.award
    if award is not None and award.state == "open":
        return _given(found, award, zone)
    if standing.earned:
        return [f"Its rule is met: {standing.criterion_text}. The award follows."]
    is_retired = standing.withheld == "retired"
    said = ended(award, zone, is_retired=is_retired) if award is not None else []
    if is_retired:
        return [*said, RETIRED]
    if not found.is_learner:
        return [*said, "Only learners who are in the course now earn badges."]
    if award is not None and award.barred:
        return [*said, "It is not given again until somebody lifts that."]
    if standing.withheld:
        said = [*said, "It is held back: nobody is given it for now."]
    return [*said, *(f"{sentence}." for sentence in standing.missing)]


def _given(found: Explanation, award: AwardRow, zone: str) -> list[str]:
    if award.origin != "rule":
        return [given_by(award, zone)]
    when = day(award.granted_at, zone)
    return [f"Earned on {when}.", *_asked(found)]


def given_by(award: AwardRow, zone: str) -> str:
    """Say who gave an award that no rule gave, and for what."""
    giver = GIVERS.get(str(award.evidence.get("role", "")), "by hand")
    reason = str(award.evidence.get("reason") or "").rstrip(".")
    when = day(award.granted_at, zone)
    return f"Given on {when} {giver}{f': {reason}' if reason else ''}."


def _asked(found: Explanation) -> list[str]:
    """Say what was asked, as a whole, and by how much it was met where that is known."""
    if found.asked is None:
        return []
    asked = f"Asked was: {found.asked.said(found.labels)}."
    if not found.met:
        return [asked]
    numbers = listed([counted(one.value, one.metric) for one in found.met])
    verb = "was" if numbers.startswith("1 ") else "were"
    return [f"{asked} There {verb} {numbers}."]


def ended(award: AwardRow, zone: str, *, is_retired: bool) -> list[str]:
    """Say how an award came to its end; nothing where it has none.

    Of a badge that is retired nothing is said to count for another one.
    """
    end = award.ended_at or award.expires_at
    if end is None:
        return []
    if award.state == "expired" and is_retired:
        return [OVER.format(day=day(end, zone))]
    sentence = ENDS[award.state]
    reason = (award.end_reason or "").rstrip(".")
    return [sentence.format(day=day(end, zone), reason=reason)]
