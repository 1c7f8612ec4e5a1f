"""Events as somebody sends them, read one by one: for the API and the command."""

from collections.abc import Iterable
from decimal import Decimal

from pydantic import ValidationError

from jobs.intake import BadEvent, Event
from views.api.event_schemas import POINT, EventWanted
from views.api.problems import faults_of


def read(
    rows: Iterable[tuple[int, object]],
) -> tuple[list[tuple[int, Event]], list[BadEvent]]:
    """Return the events that can be read, by their places, and what is wrong with others."""
    events, bad = [], []
    for index, row in rows:
        try:
            wanted = EventWanted.model_validate(row)
        except ValidationError as error:
            bad.append(BadEvent(index, "; ".join(faults_of(error, whole="event"))))
        else:
            events.append((index, _event(wanted)))
    return events, bad


def _event(wanted: EventWanted) -> Event:
    return Event(
        user=wanted.user,
        kind=wanted.kind,
        occurred_at=wanted.occurred_at,
        item=wanted.item.key if wanted.item else None,
        label=wanted.item.label if wanted.item else "",
        status=wanted.status,
        score=_millionths(wanted.score),
        maximum=_millionths(wanted.maximum),
        seconds=wanted.seconds,
        attempt=wanted.attempt,
    )


def _millionths(points: Decimal | None) -> int | None:
    return None if points is None else int(points * POINT)
