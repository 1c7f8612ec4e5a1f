"""Custom parameters: `$Name` is replaced by what the platform knows."""

import re
from collections.abc import Mapping

VARIABLE = re.compile(r"\$(?:\{([\w.]+)\}|([\w.]+))")


def expanded(
    custom: Mapping[str, str], values: Mapping[str, str | None]
) -> dict[str, str | None]:
    """Replace whole-value variables; an unknown one stays as its own name.

    A variable that is known but has no value becomes None.
    """
    return {name: _value(text, values) for name, text in custom.items()}


def _value(text: str, values: Mapping[str, str | None]) -> str | None:
    whole = VARIABLE.fullmatch(text)
    if whole is None:
        return text
    return values.get(whole[1] or whole[2], text)
