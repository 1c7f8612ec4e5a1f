import pytest

from lti.platforms.base import Platform
from lti.platforms.canvas import Canvas
from lti.platforms.moodle import Moodle

# As Moodle 4.3 sends it: curly quotes in UTF-8, which HTTP clients read as Latin-1.
BROKEN = (
    "<https://lms.example/mod/lti/services.php/3/lineitems?type_id=1&amp;limit=2"
    "&amp;from=0>; rel=“first”, "
    "<https://lms.example/mod/lti/services.php/3/lineitems?type_id=1&amp;limit=2"
    "&amp;from=2>; rel=“next”, "
    "<https://lms.example/mod/lti/services.php/3/lineitems?type_id=1&amp;limit=2"
    "&amp;from=5>; rel=“last”"
).encode()


@pytest.mark.parametrize(
    ("link", "url"),
    [
        (
            '<https://lms.example/a?page=AbC>; rel="next"',
            "https://lms.example/a?page=AbC",
        ),
        ("<https://lms.example/a>; rel=next", "https://lms.example/a"),
        ('<https://lms.example/a>; title="x"; rel="next"', "https://lms.example/a"),
        ('<https://lms.example/a>; rel="last next"', "https://lms.example/a"),
        (
            '<https://lms.example/a>; rel="first", <https://lms.example/b>; rel="NEXT"',
            "https://lms.example/b",
        ),
        ('<https://lms.example/a>; rel="prev"', None),
        ('<https://lms.example/a>; rel="nextish"', None),
        (
            '<https://lms.example/a;b?c=d;e>; rel="next"',
            "https://lms.example/a;b?c=d;e",
        ),
        ("<https://lms.example/a>", None),
        ("nonsense", None),
        ("", None),
    ],
)
def test_the_next_page_is_read_as_the_specification_writes_it(
    link: str, url: str | None
) -> None:
    assert Platform().next_url(link) == url
    assert Moodle().next_url(link) == url


def test_moodles_next_page_is_read_in_curly_quotes_and_entities() -> None:
    assert Moodle().next_url(BROKEN.decode("latin-1")) == (
        "https://lms.example/mod/lti/services.php/3/lineitems?type_id=1&limit=2&from=2"
    )


def test_results_are_below_the_line_item_and_the_query_stays() -> None:
    url = "https://lms.example/3/lineitems/8/lineitem?type_id=1"

    assert Moodle().results_url(url) == (
        "https://lms.example/3/lineitems/8/lineitem/results?type_id=1"
    )


def test_canvas_is_asked_for_results_in_pages_of_a_hundred() -> None:
    assert Canvas().results_url("https://canvas.example/line_items/1") == (
        "https://canvas.example/line_items/1/results?limit=100"
    )


def test_moodle_is_never_asked_for_a_page_of_line_items() -> None:
    url = "https://lms.example/3/lineitems?type_id=1"

    assert Moodle().line_items_url(url) == url


def test_canvas_is_asked_for_a_roster_in_the_name_of_the_course() -> None:
    assert Canvas().roster_url("https://canvas.example/names", "a b&c") == (
        "https://canvas.example/names?rlid=a%20b%26c&limit=50"
    )


def test_moodles_time_of_a_grade_is_the_learners_act() -> None:
    assert Moodle().acted_at({"timestamp": "2026-11-22T00:01:26+00:00"}) == (
        "2026-11-22T00:01:26+00:00"
    )
    assert Platform().acted_at({"timestamp": "2026-11-22T00:01:26+00:00"}) is None


@pytest.mark.parametrize(
    ("result", "moment"),
    [
        (
            {
                "https://canvas.instructure.com/lti/submission": {
                    "submitted_at": "2026-11-20T08:00:00Z"
                }
            },
            "2026-11-20T08:00:00Z",
        ),
        ({"https://canvas.instructure.com/lti/submission": "odd"}, None),
        ({}, None),
    ],
)
def test_canvas_tells_when_work_was_handed_in_where_a_score_said_so(
    result: dict[str, object], moment: str | None
) -> None:
    assert Canvas().acted_at(result) == moment


@pytest.mark.parametrize(
    ("status", "body", "throttled"),
    [
        (429, b"", True),
        (403, b"403 Forbidden (Rate Limit Exceeded)\n", True),
        (403, b"", False),
        (401, b"Rate Limit Exceeded", False),
    ],
)
def test_canvas_says_later_with_two_different_numbers(
    *, status: int, body: bytes, throttled: bool
) -> None:
    assert Canvas().is_throttled(status, body) is throttled


@pytest.mark.parametrize(
    ("status", "body", "lacks"),
    [
        (401, b'{"errors":{"message":"Insufficient permissions"}}', True),
        (401, b'{"errors":{"message":"Access token expired"}}', False),
        (403, b"", True),
        (404, b"Insufficient permissions", False),
    ],
)
def test_canvas_says_401_when_a_scope_is_missing(
    *, status: int, body: bytes, lacks: bool
) -> None:
    assert Canvas().lacks_scope(status, body) is lacks


@pytest.mark.parametrize(
    ("platform", "status", "body", "keeps"),
    [
        (Canvas(), 401, b"", True),
        (Canvas(), 401, b" ", True),
        (Canvas(), 401, b'{"errors":{"message":"Access token expired"}}', False),
        (Canvas(), 412, b"", False),
        (Moodle(), 401, b"", False),
        (Platform(), 401, b"", False),
    ],
)
def test_canvas_keeps_an_activitys_line_item_without_a_word(
    *, platform: Platform, status: int, body: bytes, keeps: bool
) -> None:
    assert platform.keeps_line_item(status, body) is keeps


def test_a_refused_person_is_no_lack_of_a_right() -> None:
    refused = [code for code in range(400, 500) if Platform().refuses_person(code)]

    assert refused == [400, 422]
