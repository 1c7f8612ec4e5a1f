from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from lti.addresses import Origin
from lti.errors import PlatformUnavailable, ScopeMissing
from lti.grades import (
    LineItem,
    Result,
    read_line_items,
    read_results,
    reading_scopes,
)
from lti.platforms.base import Platform
from lti.platforms.moodle import Moodle
from lti.rows import Dropped

AGS = "https://purl.imsglobal.org/spec/lti-ags/scope/"
HOST = Origin.of("https://lms.example/lineitems")
URL = "https://lms.example/lineitems/8"


def results_of(*rows: object) -> tuple[Result, ...]:
    return read_results([*rows], Platform()).results


def a_result(user_id: object = "17", **fields: Any) -> dict[str, Any]:  # noqa: ANN401 -- JSON is anything
    return {"userId": user_id, "resultScore": 8, "resultMaximum": 10, **fields}


@pytest.mark.parametrize(
    ("score", "millionths"),
    [
        (8, 8_000_000),
        (0, 0),
        (Decimal("79.999"), 79_999_000),
        (Decimal("33.333333"), 33_333_333),
        (Decimal("0.1"), 100_000),
        (Decimal("1e1"), 10_000_000),
        (1_000_000, 10**12),
        (Decimal(f"79.{'9' * 60}"), 79_999_999),
        (Decimal("1e-999999"), 0),
    ],
)
def test_a_score_is_exact_in_millionths_and_never_rounded_up(
    score: int | Decimal, millionths: int
) -> None:
    assert results_of(a_result(resultScore=score)) == (
        Result("17", millionths, 10_000_000, None),
    )


def test_a_maximum_is_never_rounded_down() -> None:
    row = a_result(resultMaximum=Decimal("9.9999999"))

    assert results_of(row)[0].maximum == 10_000_000


@pytest.mark.parametrize("row", [a_result(resultScore=None), {"userId": "17"}])
def test_a_cleared_result_has_no_score(row: dict[str, object]) -> None:
    assert results_of(row)[0].score is None


def test_a_platform_that_names_no_maximum_means_one() -> None:
    row = {"userId": "17", "resultScore": Decimal("0.8")}

    assert results_of(row) == (Result("17", 800_000, 1_000_000, None),)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (None, "no object"),
        ("80", "no object"),
        ({}, "no user id"),
        (a_result(17), "no user id"),
        (a_result(""), "no user id"),
        (a_result(resultScore="five"), "score is no number"),
        (a_result(resultScore=True), "score is no number"),
        (a_result(resultScore=[]), "score is no number"),
        (a_result(resultScore=Decimal("NaN")), "score out of range"),
        (a_result(resultScore=Decimal("Infinity")), "score out of range"),
        (a_result(resultScore=Decimal("1e300")), "score out of range"),
        (a_result(resultScore=1_000_001), "score out of range"),
        (a_result(resultScore=-5), "score out of range"),
        (a_result(resultMaximum=0), "maximum is not above zero"),
        (a_result(resultMaximum="ten"), "maximum is no number"),
        (a_result(resultMaximum=None), "maximum is no number"),
        ({"userId": "17", "resultScore": 5}, "no maximum"),
    ],
)
def test_a_malformed_result_is_dropped_and_named_and_the_others_stay(
    row: object, reason: str
) -> None:
    page = read_results([row, a_result("18")], Platform(), number=2)

    assert [result.sub for result in page.results] == ["18"]
    sub = "" if reason in {"no object", "no user id"} else "17"
    assert page.dropped == (Dropped("results page 2, row 1", reason, sub),)


def test_whose_row_cannot_be_read_did_not_lose_a_score() -> None:
    page = read_results([a_result(resultScore="five"), a_result("18")], Platform())

    assert page.unclear == {"17"}


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-11-22T00:01:26+00:00", datetime(2026, 11, 22, 0, 1, 26, tzinfo=UTC)),
        ("2026-11-22T01:01:26.5+01:00", datetime(2026, 11, 22, 0, 1, 26, 500000, UTC)),
        ("2026-11-22T00:01:26Z", datetime(2026, 11, 22, 0, 1, 26, tzinfo=UTC)),
        ("2026-11-22T00:01:26", None),
        ("noon", None),
        ("1970-01-01T00:00:00Z", None),
        ("0001-01-01T00:00:00+23:00", None),
        (1_795_305_686, None),
        (None, None),
    ],
)
def test_a_time_that_cannot_be_read_is_a_time_that_was_not_told(
    text: object, moment: datetime | None
) -> None:
    page = read_results([a_result(timestamp=text)], Moodle())

    assert page.results[0].acted_at == moment


def test_a_line_item_is_known_by_the_url_its_platform_gave() -> None:
    row = {"id": URL, "label": " Quiz 1 ", "scoreMaximum": 20, "resourceId": "quiz-1"}

    page = read_line_items([row], HOST)

    assert page.line_items == (LineItem(URL, "Quiz 1", 20_000_000, "quiz-1"),)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (None, "no object"),
        ({"scoreMaximum": 10}, "no line item URL"),
        ({"id": 8, "scoreMaximum": 10}, "no line item URL"),
        ({"id": f"{URL}{'x' * 1024}", "scoreMaximum": 10}, "no line item URL"),
        ({"id": "https://evil.example/8", "scoreMaximum": 10}, "item on another host"),
        ({"id": "http://lms.example/8", "scoreMaximum": 10}, "item on another host"),
        ({"id": "/lineitems/8", "scoreMaximum": 10}, "item on another host"),
        ({"id": URL}, "maximum is no number"),
        ({"id": URL, "scoreMaximum": 0}, "maximum is not above zero"),
    ],
)
def test_a_malformed_line_item_is_dropped_and_named(row: object, reason: str) -> None:
    page = read_line_items([row], HOST)

    assert page.line_items == ()
    assert page.dropped == (Dropped("line items page 1, row 1", reason),)


@pytest.mark.parametrize("body", [None, {}, {"errors": []}, "text", 5])
def test_what_is_no_list_is_a_platform_that_is_down(body: object) -> None:
    with pytest.raises(PlatformUnavailable):
        read_results(body, Platform())


def test_reading_takes_the_smaller_right_where_there_is_one() -> None:
    readonly, result = f"{AGS}lineitem.readonly", f"{AGS}result.readonly"

    assert reading_scopes([f"{AGS}lineitem", readonly, result]) == [readonly, result]
    assert reading_scopes([f"{AGS}lineitem", result]) == [f"{AGS}lineitem", result]


@pytest.mark.parametrize(
    "granted", [[], [f"{AGS}lineitem"], [f"{AGS}result.readonly"], [f"{AGS}score"]]
)
def test_reading_needs_both_rights(granted: list[str]) -> None:
    with pytest.raises(ScopeMissing):
        reading_scopes(granted)
