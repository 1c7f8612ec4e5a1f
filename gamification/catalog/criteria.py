"""A badge's rule as data: today one metric and the value it must reach."""

from dataclasses import dataclass
from typing import Any, Self

from gamification.metrics import METRICS, Metric


@dataclass(frozen=True)
class Criterion:
    """Met by everybody whose metric is at least so many wholes."""

    metric: str
    at_least: int

    @classmethod
    def from_json(cls, rule: dict[str, Any]) -> Self:
        """Read what `to_json` wrote; raise KeyError for another kind of rule."""
        return cls(METRICS[rule["metric"]].name, rule["at_least"])

    def to_json(self) -> dict[str, Any]:
        return {"metric": self.metric, "at_least": self.at_least}

    @property
    def measure(self) -> Metric:
        return METRICS[self.metric]

    @property
    def needed(self) -> int:
        """The value that meets it, in the metric's unit."""
        return self.at_least * self.measure.unit

    @property
    def sentence(self) -> str:
        """Say what to do: `Earn 25 points`."""
        return self.measure.phrase(self.at_least)

    def progress(self, value: int) -> int:
        """Return how far a value has come: whole, rounded down, never past the end."""
        return min(value // self.measure.unit, self.at_least)

    def percent(self, value: int) -> int:
        """Return the same as 0 to 100, rounded down: 100 is met, and only met."""
        return min(value * 100 // self.needed, 100)
