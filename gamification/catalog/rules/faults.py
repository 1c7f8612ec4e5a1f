"""What is wrong with a rule: where it stands, what it is, and what is allowed."""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails


@dataclass(frozen=True)
class Fault:
    """One thing to mend."""

    path: str
    """As one would write it in a program: `all[0].metric`; empty for the whole."""
    message: str

    def __str__(self) -> str:
        return f"{self.path}: {self.message}" if self.path else self.message


class BadRule(ValueError):
    """A rule cannot be used; it lists all that is wrong with it."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("; ".join(map(str, faults)))
        self.faults = tuple(faults)


def faults_in(error: ValidationError, models: Sequence[type[BaseModel]]) -> list[Fault]:
    """Return what pydantic found, in our words."""
    fields = {f"§{model.__name__}": _fields(model) for model in models}
    found = error.errors(include_url=False, include_input=False)
    # A group whose parts are wrong is told to be empty, too.
    found = [one for one in found if one["type"] != "too_short"] or found
    return [Fault(_path(one["loc"]), _message(one, fields)) for one in found]


def _fields(model: type[BaseModel]) -> list[str]:
    return [field.alias or name for name, field in model.model_fields.items()]


def _path(steps: Sequence[int | str]) -> str:
    path = ""
    for step in steps:
        if isinstance(step, int):
            path += f"[{step}]"
        elif not step.startswith("§"):
            path += f".{step}" if path else step
    return path[:200]


def _message(one: ErrorDetails, fields: dict[str, list[str]]) -> str:
    """Say it in our words where pydantic's would not help."""
    steps = [step for step in one["loc"] if isinstance(step, str)]
    tags = [step for step in steps if step.startswith("§")]
    allowed = fields.get(tags[-1], []) if tags else []
    if one["type"] == "extra_forbidden":
        near = get_close_matches(steps[-1], allowed, n=1)
        meant = f", did you mean {near[0]}?" if near else ";"
        return f"there is no such field{meant} there are {', '.join(allowed)}"
    if one["type"] == "missing":
        return "it is missing"
    if one["type"] == "too_short":
        return "it is empty"
    return one["msg"]
