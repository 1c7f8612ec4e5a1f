"""The messages, levels and breaks in a configuration, read as the API reads them."""

from typing import Any

from pydantic import ValidationError

from gamification.catalog.messages import SHIPPED, BadMessage, checked
from gamification.copying.customs import Customs
from gamification.copying.reading import Reading
from gamification.standings.calendar import Rest
from gamification.standings.levels import Curve
from views.api.progress_schemas import MOST_RESTS, Break, Levels

NO_TABLE = "this is not a table of fields"
TOO_MANY = f"a course has {MOST_RESTS} breaks at most"


def customs_in(reading: Reading) -> Customs:
    """Return them; what is wrong with any is added to the text's faults."""
    return Customs(_messages(reading), _levels(reading), _breaks(reading))


def _table(reading: Reading, name: str) -> dict[str, Any] | None:
    """Return a table of the text; None where it has none, or something else."""
    given = reading.document.get(name)
    if given is not None and not isinstance(given, dict):
        reading.wrong((name,), name, NO_TABLE)
        return None
    return given


def _messages(reading: Reading) -> dict[str, str]:
    found = {}
    for kind, text in (_table(reading, "messages") or {}).items():
        is_given_back = text == ""
        try:
            plain = checked(kind, SHIPPED.get(kind) if is_given_back else text)
        except BadMessage as bad:
            where = f"messages.{kind[:40]}"
            reading.wrong(("messages", kind), where, str(bad)[:200])
            continue
        found[kind] = "" if is_given_back else plain
    return found


def _levels(reading: Reading) -> Curve | None:
    given = _table(reading, "levels")
    if given is None:
        return None
    try:
        asked = Levels.model_validate(given)
    except ValidationError as error:
        reading.misfit((("levels",), "levels"), error, Levels)
        return None
    return Curve(asked.base, int(asked.growth * 100))


def _breaks(reading: Reading) -> tuple[Rest, ...] | None:
    if "break" not in reading.document:
        return None
    found = set()
    entries = reading.entries("break")
    if len(entries) > MOST_RESTS:
        reading.wrong(("break", MOST_RESTS), "break", TOO_MANY)
    for number, raw in enumerate(entries):
        try:
            asked = Break.model_validate(raw)
        except ValidationError as error:
            place = (("break", number), f"break {number + 1}")
            reading.misfit(place, error, Break)
            continue
        found.add(Rest(**asked.model_dump()))
    return tuple(sorted(found))
