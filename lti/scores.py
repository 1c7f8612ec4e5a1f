"""Assignment and Grade Services 2.0, the writing half: scores.

https://www.imsglobal.org/spec/lti-ags/v2p0#score-publish-service
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from lti.connector import StrictServiceConnector, Writing
from lti.grades import LARGEST, SCOPES
from lti.platforms.base import Platform

SCORE = f"{SCOPES}score"
SCORE_TYPE = "application/vnd.ims.lis.v1.score+json"
MILLIONTHS = 10**6


class ScoreImpossible(ValueError):
    """No platform could make sense of such a score."""


@dataclass(frozen=True)
class Score:
    """A final mark of one person; the platform scales it to its line item.

    It always carries a mark: one without would clear what is there (AGS 2.0, 3.4.7).
    """

    sub: str
    given: int
    """In millionths of a point, like `maximum`; more than that counts as full marks."""
    maximum: int
    at: datetime

    def __post_init__(self) -> None:
        # Whatever is no number compares as false.
        most = LARGEST * MILLIONTHS
        if not (0 <= self.given <= most and 0 < self.maximum <= most):
            raise ScoreImpossible("A score lies between zero and its maximum.")
        if not self.sub or self.at.tzinfo is None:
            raise ScoreImpossible("A score says whose it is, and of which moment.")

    @property
    def sent(self) -> int:
        """What goes out: nobody gets more than full marks of us."""
        return min(self.given, self.maximum)


def next_moment(platform: Platform, before: datetime | None, now: datetime) -> datetime:
    """Return the timestamp of a person's next score on an item: later than the last."""
    return now if before is None else max(now, before + platform.score_step())


def publish(
    connector: StrictServiceConnector, line_item_url: str, score: Score
) -> None:
    """Send a score.

    Raises what the connector raises: ResourceGone where the line item is no more,
    ScoreTooLate where the platform has a later score, ServiceRefused with a status
    that `refuses_person` knows where this person cannot be graded there.
    """
    platform = connector.platform
    body = {
        "userId": score.sub,
        "scoreGiven": _points(score.sent),
        "scoreMaximum": _points(score.maximum),
        "activityProgress": "Completed",
        "gradingProgress": "FullyGraded",
        "timestamp": _written(score.at),
        **platform.score_extension(),
    }
    url = platform.scores_url(line_item_url)
    connector.write([SCORE], Writing("POST", url, SCORE_TYPE, body))


def _points(millionths: int) -> int | float:
    """Return points as JSON writes them; six decimals are exact in both."""
    whole, rest = divmod(millionths, MILLIONTHS)
    return millionths / MILLIONTHS if rest else whole


def _written(moment: datetime) -> str:
    """Return a moment with its fraction and `Z` (AGS 2.0, 3.4.6)."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")[:-6] + "Z"
