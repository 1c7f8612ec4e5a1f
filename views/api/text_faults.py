"""What pydantic finds in a configuration, said by line and in our words."""

from pydantic import BaseModel, ValidationError

from gamification.copying.lines import Path
from gamification.copying.reading import Reading


def tell(
    reading: Reading,
    place: tuple[Path, str],
    error: ValidationError,
    shape: type[BaseModel],
) -> None:
    """Add all that is wrong with a part of a text to its faults.

    `place` is the part's path, and what it is called in a sentence.
    """
    path, where = place
    for fault in error.errors(include_url=False, include_input=False):
        is_unknown = fault["type"] == "extra_forbidden"
        fields = f"unknown field; there are {', '.join(shape.model_fields)}"
        said = (fields if is_unknown else fault["msg"]).removeprefix("Value error, ")
        name = ".".join(map(str, fault["loc"]))
        full = f"{where}, {name}" if name else where
        reading.wrong((*path, *fault["loc"]), full, said)
