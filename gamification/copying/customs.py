"""What a course decided beside badges and weights: its words, its levels, its breaks."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from sqlalchemy.orm import Session

from gamification.feedback.wording import messages_of
from gamification.standings.calendar import Rest, breaks_of
from gamification.standings.levels import Curve, curve_of
from models import Context


@dataclass(frozen=True)
class Customs:
    """What is said here becomes so; of anything else nothing is said."""

    messages: Mapping[str, str] = field(default_factory=dict)
    """What learners are told, by the occasion; "" is what the layer below says."""
    levels: Curve | None = None
    breaks: tuple[Rest, ...] | None = None
    """All of them, the earliest first."""


def customs_of(session: Session, context: Context) -> Customs:
    """Return what a course decided itself, in two questions."""
    said = messages_of(session, context.id, {})
    own = {kind: one.text for kind, one in said.items() if one.origin == "course"}
    return Customs(own, curve_of(context), tuple(breaks_of(session, context.id)))


def changed_customs(before: Customs, after: Customs) -> Customs:
    """Return what of the second is not so in the first."""
    return Customs(
        {
            kind: text
            for kind, text in after.messages.items()
            if text != before.messages.get(kind, "")
        },
        after.levels if after.levels != before.levels else None,
        after.breaks if after.breaks != before.breaks else None,
    )


def told(before: Customs, after: Customs) -> Iterator[str]:
    """Say what changes, a sentence each."""
    changed = changed_customs(before, after)
    for kind, text in sorted(changed.messages.items()):
        becomes = f"becomes “{text}”" if text else "is no more the course's own"
        yield f"The message “{kind}” {becomes}."
    if changed.levels is not None:
        was = before.levels or Curve()
        yield f"The levels change: {said(changed.levels)}, not {said(was)}."
    if changed.breaks is not None:
        ours, theirs = set(before.breaks or ()), set(changed.breaks)
        for rest in sorted(ours - theirs):
            yield f"{named(rest)} is taken out."
        for rest in sorted(theirs - ours):
            yield f"{named(rest)} is added."


def said(curve: Curve) -> str:
    """Say how levels grow: `20 points for the first, each next 1.5 times as many`."""
    growth = format(Decimal(curve.growth).scaleb(-2).normalize(), "f")
    return f"{curve.base} points for the first and {growth} times as many for each next"


def named(rest: Rest) -> str:
    """Return how a break is called in a sentence."""
    name = f" “{rest.name}”" if rest.name else ""
    return f"The break{name} from {rest.first} to {rest.last}"
