"""Line items, results and scores of the Canvas shape against the examples."""

from dataclasses import replace

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from campus import vocabulary as lti
from campus.records import LineItem, Person
from campus.seeding import Cast
from campus.state import Campus
from tests.integration.campus.stage import (
    recording,
    shape_of,
    walk,
)

CANVAS = recording("canvas")
COURSE = "/api/lti/courses/3"
ITEMS = f"{COURSE}/line_items"
SUBMISSION = "https://canvas.instructure.com/lti/submission"


def test_line_items_have_the_shape_of_the_example_and_are_our_own(
    canvas: Campus, authorized: FlaskClient, cast: Cast
) -> None:
    example = CANVAS["ags_line_items"]["list"]["response"]
    link = canvas.add_link(replace(cast.link, placement=None, number=0))
    canvas.add_line_item(
        replace(cast.quiz, link=link.number, number=0, tag="challenge")
    )

    answer = authorized.get(f"{ITEMS}?tag=challenge&include[]=launch_url")

    assert answer.content_type == example["content_type"]
    assert shape_of(answer.get_json()) == shape_of(example["body"])
    listed = authorized.get(ITEMS).get_json()
    assert cast.foreign.label not in [one["label"] for one in listed]


def test_ten_line_items_a_page_unless_more_are_asked(
    canvas: Campus, authorized: FlaskClient, cast: Cast
) -> None:
    for number in range(21):
        canvas.add_line_item(replace(cast.quiz, label=f"Item {number}", number=0))

    assert [len(page) for page in walk(authorized, ITEMS)] == [10, 10, 3]
    assert [len(page) for page in walk(authorized, f"{ITEMS}?limit=100")] == [23]


def test_results_have_the_shape_of_the_example_and_no_time(
    authorized: FlaskClient, cast: Cast
) -> None:
    example = CANVAS["ags_results"]["response"]

    answer = authorized.get(
        f"{ITEMS}/{cast.quiz.number}/results?user_id={cast.ada.sub}"
    )

    assert answer.content_type == example["content_type"]
    wanted = shape_of(example["body"][0])
    assert isinstance(wanted, dict)
    [row] = answer.get_json()
    assert shape_of(row) == {
        name: kind
        for name, kind in wanted.items()
        if name not in ("comment", SUBMISSION)
    }
    assert authorized.get(row["id"]).get_json() == row


def a_score(cast: Cast, **changes: object) -> dict[str, object]:
    body = CANVAS["ags_score"]["request"]["body"]
    return {
        **body,
        "userId": cast.ada.sub,
        "timestamp": "2099-01-01T00:00:00Z",
        **changes,
    }


def post_score(authorized: FlaskClient, item: LineItem, body: object) -> TestResponse:
    return authorized.post(
        f"{ITEMS}/{item.number}/scores",
        json=body,
        headers={"Content-Type": lti.SCORE_TYPE},
    )


def test_a_score_is_scaled_and_stored(
    canvas: Campus, authorized: FlaskClient, cast: Cast
) -> None:
    answer = post_score(authorized, cast.quiz, a_score(cast))

    assert shape_of(answer.get_json()) == shape_of(
        CANVAS["ags_score"]["response"]["body"]
    )
    result = canvas.find_result(cast.quiz, cast.ada)
    assert result is not None
    assert result.score == 16


def test_a_person_may_be_named_by_number(
    canvas: Campus, authorized: FlaskClient, cast: Cast
) -> None:
    answer = post_score(
        authorized, cast.quiz, a_score(cast, userId=str(cast.ben.number))
    )

    result = canvas.find_result(cast.quiz, cast.ben)
    assert answer.status_code == 200
    assert result is not None
    assert result.score == 16


@pytest.mark.parametrize(
    ("part", "changes", "position"),
    [
        ("iris", {}, 2),
        ("test_student", {}, 2),
        ("ada", {"scoreMaximum": None}, 3),
        ("ada", {"scoreGiven": -1}, 4),
    ],
)
def test_unusable_scores_are_unprocessable_with_the_documented_words(
    authorized: FlaskClient,
    cast: Cast,
    part: str,
    changes: dict[str, object],
    position: int,
) -> None:
    error = CANVAS["ags_score"]["errors"][position]
    person: Person = getattr(cast, part)

    answer = post_score(
        authorized, cast.quiz, a_score(cast, userId=person.sub, **changes)
    )

    assert (answer.status_code, answer.get_json()) == (error["status"], error["body"])


@pytest.mark.parametrize("timestamp", ["2001-01-01T00:00:00Z", "yesterday"])
def test_an_older_or_odd_timestamp_is_a_bad_request(
    authorized: FlaskClient, cast: Cast, timestamp: str
) -> None:
    answer = post_score(authorized, cast.quiz, a_score(cast, timestamp=timestamp))

    assert answer.status_code == 400
    assert answer.get_json()["errors"]["type"] == "bad_request"


def test_a_score_that_is_not_graded_clears_the_grade(
    authorized: FlaskClient, cast: Cast
) -> None:
    post_score(authorized, cast.quiz, a_score(cast, gradingProgress="Pending"))

    [row] = authorized.get(
        f"{ITEMS}/{cast.quiz.number}/results?user_id={cast.ada.sub}"
    ).get_json()
    assert row["resultScore"] is None
