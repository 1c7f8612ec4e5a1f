"""What a learner did, as a source reports it: checked before it is believed."""

from dataclasses import dataclass
from datetime import datetime

KINDS = ("launched", "spent", "submitted", "posted", "completed", "graded")
STATUSES = ("normal", "excused", "late", "missing", "withdrawn")
SCORELESS = ("excused", "missing", "withdrawn")
LARGEST_SCORE = 10**12
"""In millionths: a million points."""
LONGEST_TIME = 366 * 24 * 3600
OLDEST_YEAR = 1980
Content = tuple[str, int | None, int | None, int | None]
"""Its status, its score and maximum, and its seconds."""


class FactRefused(ValueError):
    """A fact that cannot be true or cannot be kept; the message says why."""


@dataclass(frozen=True, kw_only=True)
class Fact:
    """One act of one member; raises FactRefused when it makes no sense.

    `score` and `maximum` are whole millionths of a point. `attempt` tells facts
    of one kind on one item apart and must be the same from every source.
    `seen_at` is when the source saw it so, where that is not now.
    """

    context_id: int
    membership_id: int
    kind: str
    occurred_at: datetime
    source: str
    item_id: int | None = None
    status: str = "normal"
    score: int | None = None
    maximum: int | None = None
    seconds: int | None = None
    attempt: str = ""
    seen_at: datetime | None = None

    def __post_init__(self) -> None:
        for problem in (self._wrong_word(), self._wrong_number(), self._wrong_time()):
            if problem:
                raise FactRefused(problem)

    @property
    def key(self) -> str:
        """Name the fact without its source: kind, item and attempt."""
        return f"{self.kind}:{self.item_id or ''}:{self.attempt}"

    @property
    def content(self) -> Content:
        """What a correction may change."""
        return self.status, self.score, self.maximum, self.seconds

    def _wrong_word(self) -> str:
        if self.kind not in KINDS:
            return f"there is no kind {self.kind!r}"
        if self.status not in STATUSES:
            return f"there is no status {self.status!r}"
        if not 1 <= len(self.source) <= 32:
            return "its source needs 1 to 32 characters"
        if len(self.attempt) > 128 or not self.attempt.isprintable():
            return "its attempt is longer than 128 characters or not printable"
        return ""

    def _wrong_number(self) -> str:
        for name, most in (
            ("score", LARGEST_SCORE),
            ("maximum", LARGEST_SCORE),
            ("seconds", LONGEST_TIME),
        ):
            number = getattr(self, name)
            if number is not None and not _is_whole(number, most):
                return f"its {name} is not a whole number from 0 to {most}"
        if self.kind == "graded" and self.score is None:
            return "" if self.status in SCORELESS else "it is graded without a score"
        return ""

    def _wrong_time(self) -> str:
        for moment in (self.occurred_at, self.seen_at):
            if moment and moment.tzinfo is None:
                return "its time has no zone"
            if moment and not OLDEST_YEAR <= moment.year < 9999:
                return f"its time lies before {OLDEST_YEAR}"
        return ""


def _is_whole(number: object, most: int) -> bool:
    if not isinstance(number, int) or isinstance(number, bool):
        return False
    return 0 <= number <= most
