"""The weights in a configuration, read as the API reads them."""

from pydantic import ValidationError

from gamification.copying.reading import Reading
from gamification.metrics.weights import Worth
from views.api.scoring_schemas import WeightAsked


def weights_in(reading: Reading) -> tuple[Worth, ...]:
    """Return the weights of a text; what is wrong with any is added to its faults."""
    found: dict[tuple[str, str | None], Worth] = {}
    for number, raw in enumerate(reading.entries("scoring")):
        path, where = ("scoring", number), f"scoring {number + 1}"
        try:
            asked = WeightAsked.model_validate(raw)
        except ValidationError as error:
            reading.misfit((path, where), error, WeightAsked)
            continue
        worth = Worth(
            asked.kind, asked.weight, asked.daily_cap, asked.item, asked.effective_from
        )
        if (worth.kind, worth.item) in found:
            reading.wrong(path, where, "this kind, or kind and item, is named above")
        found[worth.kind, worth.item] = worth
    return tuple(found.values())
