"""Assignment and Grade Services 2.0, the reading half: line items and results.

A platform lists the tool's own line items alone, never a teacher's activities.
https://www.imsglobal.org/spec/lti-ags/v2p0
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import cast

from lti.addresses import Origin
from lti.connector import StrictServiceConnector
from lti.errors import PlatformUnavailable, ScopeMissing
from lti.platforms.base import Platform
from lti.rows import Dropped, RowMalformed, members_of, subject_of, text_of

SCOPES = "https://purl.imsglobal.org/spec/lti-ags/scope/"
LINE_ITEM = f"{SCOPES}lineitem"
LINE_ITEM_READ = f"{SCOPES}lineitem.readonly"
RESULT_READ = f"{SCOPES}result.readonly"
LINE_ITEMS_TYPE = "application/vnd.ims.lis.v2.lineitemcontainer+json"
RESULTS_TYPE = "application/vnd.ims.lis.v2.resultcontainer+json"

LONGEST_URL = 1024
LONGEST_LABEL = 255
MILLIONTH = Decimal("0.000001")
LARGEST = 1_000_000
"""In points: a mark beyond it is a mistake of the platform."""
EARLIEST_YEAR = 1980


@dataclass(frozen=True)
class LineItem:
    """A column of the gradebook that is ours, under the URL the platform gave."""

    url: str
    label: str
    maximum: int
    """In millionths of a point."""
    resource_id: str
    tag: str = ""


@dataclass(frozen=True)
class Result:
    """A person's mark in millionths; a cleared one has neither score nor maximum."""

    sub: str
    score: int | None
    maximum: int | None
    acted_at: datetime | None


@dataclass(frozen=True)
class LineItemsPage:
    line_items: tuple[LineItem, ...]
    dropped: tuple[Dropped, ...]


@dataclass(frozen=True)
class ResultsPage:
    results: tuple[Result, ...]
    unclear: frozenset[str]
    """Who is named by a row we cannot read: no reason to think it was cleared."""
    dropped: tuple[Dropped, ...]


def reading_scopes(granted: Collection[str]) -> list[str]:
    """Return the scopes to read with, of those a launch said we have.

    Raises ScopeMissing when line items or results are not among them.
    """
    reading = LINE_ITEM_READ if LINE_ITEM_READ in granted else LINE_ITEM
    if reading not in granted or RESULT_READ not in granted:
        raise ScopeMissing("The platform does not let us read line items and results.")
    return [reading, RESULT_READ]


def line_item_pages(
    connector: StrictServiceConnector, line_items_url: str, scopes: list[str]
) -> Iterator[LineItemsPage]:
    """Yield our line items; they are whole when this ends without an exception."""
    url = connector.platform.line_items_url(line_items_url)
    for number, body in enumerate(connector.pages(scopes, url, LINE_ITEMS_TYPE), 1):
        yield read_line_items(body, Origin.of(url), number)


def result_pages(
    connector: StrictServiceConnector, line_item_url: str, scopes: list[str]
) -> Iterator[ResultsPage]:
    """Yield a line item's results; they are whole when this ends without an exception.

    Raises what the connector raises, ResourceGone if the line item was deleted.
    """
    url = connector.platform.results_url(line_item_url)
    for number, body in enumerate(connector.pages(scopes, url, RESULTS_TYPE), 1):
        yield read_results(body, connector.platform, number)


def read_line_items(
    body: object, origin: Origin | None, number: int = 1
) -> LineItemsPage:
    """Read a page of line items; one on another host would get our token: dropped."""
    dropped: list[Dropped] = []
    found = {}
    for position, row in enumerate(_rows(body, "line items"), 1):
        try:
            item = _line_item(row, origin)
            found[item.url] = item
        except RowMalformed as fault:
            where = f"line items page {number}, row {position}"
            dropped.append(Dropped(where, str(fault)))
    return LineItemsPage(tuple(found.values()), tuple(dropped))


def read_results(body: object, platform: Platform, number: int = 1) -> ResultsPage:
    """Read a page of results; a person who is named again is as the last row says."""
    dropped: list[Dropped] = []
    found: dict[str, Result] = {}
    unclear = set()
    for position, row in enumerate(_rows(body, "results"), 1):
        sub = ""
        try:
            fields = members_of(row)
            sub = subject_of(fields.get("userId"))
            found[sub] = _result(sub, fields, platform.acted_at(fields))
        except RowMalformed as fault:
            where = f"results page {number}, row {position}"
            dropped.append(Dropped(where, str(fault), sub))
            unclear.add(sub)
    unclear -= {"", *found}
    return ResultsPage(tuple(found.values()), frozenset(unclear), tuple(dropped))


def _rows(body: object, what: str) -> list[object]:
    if not isinstance(body, list):
        raise PlatformUnavailable(f"The answer holds no list of {what}.")
    return body


def _line_item(row: object, origin: Origin | None) -> LineItem:
    fields = members_of(row)
    url = fields.get("id")
    if not isinstance(url, str) or not 0 < len(url) <= LONGEST_URL:
        raise RowMalformed("no line item URL")
    if Origin.of(url) != origin:
        raise RowMalformed("item on another host")
    maximum = _amount(fields.get("scoreMaximum"), "maximum")
    if maximum == 0:
        raise RowMalformed("maximum is not above zero")
    label = text_of(fields.get("label"), LONGEST_LABEL) or "Untitled"
    resource_id = text_of(fields.get("resourceId"), LONGEST_LABEL)
    return LineItem(
        url,
        label,
        _millionths(maximum, ROUND_CEILING),
        resource_id,
        tag=text_of(fields.get("tag"), LONGEST_LABEL),
    )


def _result(sub: str, fields: Mapping[str, object], acted_at: object) -> Result:
    score = fields.get("resultScore")
    if score is None:
        return Result(sub, None, None, _moment(acted_at))
    mark = _amount(score, "score")
    # Without a word the maximum is 1 (AGS 2.0, 3.4.8); a mark of five out of one is
    # a platform that forgot it.
    maximum = _amount(fields.get("resultMaximum", 1), "maximum")
    if maximum == 0:
        raise RowMalformed("maximum is not above zero")
    if "resultMaximum" not in fields and mark > 1:
        raise RowMalformed("no maximum")
    return Result(
        sub,
        # Never rounded up: nobody earns by rounding.
        _millionths(mark, ROUND_FLOOR),
        _millionths(maximum, ROUND_CEILING),
        _moment(acted_at),
    )


def _amount(value: object, what: str) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise RowMalformed(f"{what} is no number")
    amount = Decimal(value)
    if not amount.is_finite() or not 0 <= amount <= LARGEST:
        raise RowMalformed(f"{what} out of range")
    return amount


def _millionths(amount: Decimal, rounding: str) -> int:
    return int(amount.quantize(MILLIONTH, rounding).scaleb(6))


def _moment(value: object) -> datetime | None:
    """Return a moment as ISO 8601 writes it, in UTC; None if it is none."""
    try:
        moment = datetime.fromisoformat(cast("str", value))
        # A clock that was never set says 1970.
        is_meant = moment.tzinfo is not None and moment.year > EARLIEST_YEAR
        return moment.astimezone(UTC) if is_meant else None
    except (TypeError, ValueError, OverflowError):
        return None
