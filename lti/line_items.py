"""Assignment and Grade Services 2.0, the writing half: our own line items.

https://www.imsglobal.org/spec/lti-ags/v2p0#line-item-service
"""

from dataclasses import dataclass

from lti.addresses import Origin
from lti.connector import StrictServiceConnector, Writing
from lti.errors import PlatformUnavailable
from lti.grades import LINE_ITEM, LONGEST_LABEL, LineItem, read_line_items
from lti.scores import ScoreImpossible

LINE_ITEM_TYPE = "application/vnd.ims.lis.v2.lineitem+json"
SCORE_TAG = "laurel"
"""The tag of a line item that takes our scores; all others we only read."""
RESOURCE_ID = "laurel-badges"
MOST_POINTS = 10_000


@dataclass(frozen=True)
class Column:
    """What a line item shall be; the maximum is in whole points."""

    label: str
    maximum: int
    resource_id: str = RESOURCE_ID
    tag: str = SCORE_TAG

    def __post_init__(self) -> None:
        if not 0 < self.maximum <= MOST_POINTS:
            raise ScoreImpossible(f"Full marks are 1 to {MOST_POINTS} points.")
        if not 0 < len(self.label) <= LONGEST_LABEL:
            raise ScoreImpossible(f"A label has 1 to {LONGEST_LABEL} characters.")

    def as_json(self) -> dict[str, object]:
        return {
            "label": self.label,
            "scoreMaximum": self.maximum,
            "resourceId": self.resource_id,
            "tag": self.tag,
        }


def create(
    connector: StrictServiceConnector, line_items_url: str, column: Column
) -> LineItem:
    """Make a line item in the course's gradebook; return it as the platform has it."""
    return _written(connector, "POST", line_items_url, column)


def update(connector: StrictServiceConnector, url: str, column: Column) -> LineItem:
    """Make a line item of ours be as the column says; its results stay."""
    return _written(connector, "PUT", url, column)


def delete(connector: StrictServiceConnector, url: str) -> None:
    """Delete a line item of ours, and with it every result in it.

    Raises what the connector raises; LineItemKept where an activity brought it.
    """
    connector.write([LINE_ITEM], Writing("DELETE", url, LINE_ITEM_TYPE))


def _written(
    connector: StrictServiceConnector, method: str, url: str, column: Column
) -> LineItem:
    writing = Writing(method, url, LINE_ITEM_TYPE, column.as_json())
    answer = connector.write([LINE_ITEM], writing)
    if method == "PUT" and isinstance(answer, dict):
        # Which one it is we know already; not every platform says so again.
        answer = {**answer, "id": url}
    found = read_line_items([answer], Origin.of(url)).line_items
    if not found:
        raise PlatformUnavailable("The answer is no line item.")
    return found[0]
