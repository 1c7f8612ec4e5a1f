"""A score as a tool posts it (AGS 2.0, section 3.4), and what it does to a grade."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from campus.records import LineItem, Person, Result

FULLY_GRADED = "FullyGraded"


@dataclass(frozen=True)
class Score:
    user_id: str
    at: datetime
    given: float | None
    maximum: float | None
    grading: str
    comment: str

    @property
    def clears(self) -> bool:
        """Whether the grade is taken away: nothing given, or not yet graded."""
        return self.given is None or self.grading != FULLY_GRADED


class ScoreMalformed(Exception):
    """The body is no score; `field` names the first member that is wrong."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


def parse_score(body: bytes) -> Score:
    """Read a score; a user id may be a number. Raises ScoreMalformed."""
    members = _object(body)
    for required in ("userId", "timestamp", "activityProgress", "gradingProgress"):
        if not isinstance(members.get(required), str | int):
            raise ScoreMalformed(required)
    return Score(
        user_id=str(members["userId"]),
        at=parse_time(str(members["timestamp"])),
        given=_amount(members, "scoreGiven"),
        maximum=_amount(members, "scoreMaximum"),
        grading=str(members["gradingProgress"]),
        comment=str(members.get("comment", "")),
    )


def parse_time(text: str) -> datetime:
    """Read an ISO 8601 time; without a zone it is UTC. Raises ScoreMalformed."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise ScoreMalformed("timestamp") from error
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def result_of(score: Score, item: LineItem, person: Person) -> Result:
    """Scale a score to the line item; a score that clears has none."""
    scaled = None
    if not score.clears and score.given is not None and score.maximum:
        scaled = score.given * item.maximum / score.maximum
    return Result(
        line_item=item.number,
        person=person.number,
        score=scaled,
        at=score.at,
        comment=score.comment,
    )


def _object(body: bytes) -> Mapping[str, Any]:
    try:
        members = json.loads(body)
    except ValueError as error:
        raise ScoreMalformed("body") from error
    if not isinstance(members, dict):
        raise ScoreMalformed("body")
    return members


def _amount(members: Mapping[str, Any], name: str) -> float | None:
    amount = members.get(name)
    if amount is None:
        return None
    if isinstance(amount, bool) or not isinstance(amount, int | float):
        raise ScoreMalformed(name)
    if not math.isfinite(amount):
        raise ScoreMalformed(name)
    return float(amount)
