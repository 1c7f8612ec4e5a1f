"""Rosters and grades of the Canvas shape against the examples."""

from dataclasses import replace
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from campus import seeding
from campus import vocabulary as lti
from campus.faults import throttled
from campus.records import Course, Enrolment, LineItem, Person, Tool
from campus.seeding import Cast
from campus.state import Campus
from campus.web import create_app
from tests.integration.campus.stage import a_token, bearer, recording, shape_of

CANVAS = recording("canvas")
COURSE = "/api/lti/courses/3"
ITEMS = f"{COURSE}/line_items"
SUBMISSION = "https://canvas.instructure.com/lti/submission"


@pytest.fixture
def canvas() -> Campus:
    campus = Campus("canvas", base_url="https://canvas.example.edu")
    campus.add_tool(Tool.at("https://badges.example.org", "10000000000002"))
    return campus


@pytest.fixture
def cast(canvas: Campus) -> Cast:
    return seeding.cast(canvas)


@pytest.fixture
def asking(canvas: Campus, cast: Cast) -> FlaskClient:
    asking = create_app(canvas).test_client()
    asking.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {a_token(canvas, cast.tool)}"
    return asking


def next_path(answer: TestResponse) -> str | None:
    links = {
        link.split('rel="')[1].rstrip('"'): link[1:].split(">")[0]
        for link in answer.headers["Link"].split(",")
    }
    following = links.get("next")
    return following.removeprefix("https://canvas.example.edu") if following else None


def walk(asking: FlaskClient, path: str | None) -> list[list[dict[str, Any]]]:
    """Follow the next links; return the rows page by page."""
    pages = []
    while path is not None:
        answer = asking.get(path)
        body = answer.get_json()
        pages.append(body if isinstance(body, list) else body["members"])
        path = next_path(answer)
    return pages


def test_a_roster_has_the_shape_of_the_example(asking: FlaskClient, cast: Cast) -> None:
    example = CANVAS["nrps_course"]["response"]

    answer = asking.get(f"{COURSE}/names_and_roles?limit=50")

    assert answer.content_type == example["content_type"]
    assert shape_of(answer.get_json()) == shape_of(example["body"])
    members = {one["user_id"]: one for one in answer.get_json()["members"]}
    assert members[cast.ada.sub]["roles"] == [lti.MEMBERSHIP + "Learner"]
    assert cast.suspended.sub not in members


@pytest.mark.parametrize(
    ("part", "persona"),
    [("iris", "teacher"), ("assistant", "ta"), ("observer", "observer")],
)
def test_roster_roles_are_those_of_the_course_alone(
    asking: FlaskClient, cast: Cast, part: str, persona: str
) -> None:
    person: Person = getattr(cast, part)

    members = asking.get(f"{COURSE}/names_and_roles").get_json()["members"]

    [roles] = [one["roles"] for one in members if one["user_id"] == person.sub]
    assert roles == CANVAS["roles_by_persona"]["nrps_roles"][persona]


def test_the_courses_own_id_expands_custom_fields_for_everybody(
    canvas: Campus, asking: FlaskClient, cast: Cast
) -> None:
    example = CANVAS["nrps_course_with_rlid"]["response"]["body"]["members"][0]
    asked = {"canvas_user_id": "$Canvas.user.id", "api_domain": "$Canvas.api.domain"}
    canvas.change_tool(replace(cast.tool, custom=asked))

    answer = asking.get(f"{COURSE}/names_and_roles?rlid={cast.course.context_id}")

    messages = [one["message"] for one in answer.get_json()["members"]]
    assert set(messages[0][0]) == set(example["message"][0])
    # What is not on the list for rosters keeps its name.
    assert messages[0][0][lti.CUSTOM] == {
        "canvas_user_id": str(cast.iris.number),
        "api_domain": "$Canvas.api.domain",
    }


@pytest.mark.parametrize(("rlid", "position"), [("junk", 0), ("foreign", 1)])
def test_a_foreign_or_unknown_link_is_a_bad_request(
    canvas: Campus, asking: FlaskClient, cast: Cast, rlid: str, position: int
) -> None:
    other = canvas.add_tool(Tool.at("https://else.example", "2"))
    link = replace(cast.link, tool=other.number, placement=None, number=0)
    foreign = canvas.add_link(link)
    asked = foreign.id if rlid == "foreign" else rlid

    answer = asking.get(f"{COURSE}/names_and_roles?rlid={asked}")

    assert answer.status_code == 400
    assert answer.get_json() == CANVAS["nrps_errors"]["bodies"][position]


def a_crowd(canvas: Campus, cast: Cast, size: int) -> None:
    for number in range(size):
        person = canvas.add_person(
            Person(given_name="Learner", family_name=f"{number}")
        )
        canvas.enrol(Enrolment(course=cast.course.number, person=person.number))


@pytest.mark.parametrize("opaque", [True, False])
def test_fifty_members_a_page_is_the_most(
    canvas: Campus, asking: FlaskClient, cast: Cast, *, opaque: bool
) -> None:
    canvas.quirks.opaque_pages = opaque
    a_crowd(canvas, cast, 111)

    pages = walk(asking, f"{COURSE}/names_and_roles?limit=100")

    assert [len(page) for page in pages] == [50, 50, 20]
    assert len({one["user_id"] for page in pages for one in page}) == 120


def test_letter_case_matters_in_a_next_link(
    canvas: Campus, asking: FlaskClient, cast: Cast
) -> None:
    a_crowd(canvas, cast, 60)
    path = next_path(asking.get(f"{COURSE}/names_and_roles"))
    assert path is not None

    statuses = [asking.get(one).status_code for one in (path, path.lower())]

    assert statuses == [200, 400]


def test_the_role_survives_paging(
    canvas: Campus, asking: FlaskClient, cast: Cast
) -> None:
    a_crowd(canvas, cast, 60)
    role = (lti.MEMBERSHIP + "Learner").replace("#", "%23")

    pages = walk(asking, f"{COURSE}/names_and_roles?role={role}")

    assert {tuple(one["roles"]) for page in pages for one in page} == {
        (lti.MEMBERSHIP + "Learner",)
    }


def test_line_items_have_the_shape_of_the_example_and_are_our_own(
    canvas: Campus, asking: FlaskClient, cast: Cast
) -> None:
    example = CANVAS["ags_line_items"]["list"]["response"]
    link = canvas.add_link(replace(cast.link, placement=None, number=0))
    canvas.add_line_item(
        replace(cast.quiz, link=link.number, number=0, tag="challenge")
    )

    answer = asking.get(f"{ITEMS}?tag=challenge&include[]=launch_url")

    assert answer.content_type == example["content_type"]
    assert shape_of(answer.get_json()) == shape_of(example["body"])
    listed = asking.get(ITEMS).get_json()
    assert cast.foreign.label not in [one["label"] for one in listed]


def test_ten_line_items_a_page_unless_more_are_asked(
    canvas: Campus, asking: FlaskClient, cast: Cast
) -> None:
    for number in range(21):
        canvas.add_line_item(replace(cast.quiz, label=f"Item {number}", number=0))

    assert [len(page) for page in walk(asking, ITEMS)] == [10, 10, 3]
    assert [len(page) for page in walk(asking, f"{ITEMS}?limit=100")] == [23]


def test_results_have_the_shape_of_the_example_and_no_time(
    asking: FlaskClient, cast: Cast
) -> None:
    example = CANVAS["ags_results"]["response"]

    answer = asking.get(f"{ITEMS}/{cast.quiz.number}/results?user_id={cast.ada.sub}")

    assert answer.content_type == example["content_type"]
    wanted = shape_of(example["body"][0])
    assert isinstance(wanted, dict)
    [row] = answer.get_json()
    assert shape_of(row) == {
        name: kind
        for name, kind in wanted.items()
        if name not in ("comment", SUBMISSION)
    }
    assert asking.get(row["id"]).get_json() == row


def a_score(cast: Cast, **changes: object) -> dict[str, object]:
    body = CANVAS["ags_score"]["request"]["body"]
    return {
        **body,
        "userId": cast.ada.sub,
        "timestamp": "2099-01-01T00:00:00Z",
        **changes,
    }


def post_score(asking: FlaskClient, item: LineItem, body: object) -> TestResponse:
    return asking.post(
        f"{ITEMS}/{item.number}/scores",
        json=body,
        headers={"Content-Type": lti.SCORE_TYPE},
    )


def test_a_score_is_scaled_and_stored(
    canvas: Campus, asking: FlaskClient, cast: Cast
) -> None:
    answer = post_score(asking, cast.quiz, a_score(cast))

    assert shape_of(answer.get_json()) == shape_of(
        CANVAS["ags_score"]["response"]["body"]
    )
    result = canvas.find_result(cast.quiz, cast.ada)
    assert result is not None
    assert result.score == 16


def test_a_person_may_be_named_by_number(
    canvas: Campus, asking: FlaskClient, cast: Cast
) -> None:
    answer = post_score(asking, cast.quiz, a_score(cast, userId=str(cast.ben.number)))

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
    asking: FlaskClient,
    cast: Cast,
    part: str,
    changes: dict[str, object],
    position: int,
) -> None:
    error = CANVAS["ags_score"]["errors"][position]
    person: Person = getattr(cast, part)

    answer = post_score(asking, cast.quiz, a_score(cast, userId=person.sub, **changes))

    assert (answer.status_code, answer.get_json()) == (error["status"], error["body"])


@pytest.mark.parametrize("timestamp", ["2001-01-01T00:00:00Z", "yesterday"])
def test_an_older_or_odd_timestamp_is_a_bad_request(
    asking: FlaskClient, cast: Cast, timestamp: str
) -> None:
    answer = post_score(asking, cast.quiz, a_score(cast, timestamp=timestamp))

    assert answer.status_code == 400
    assert answer.get_json()["errors"]["type"] == "bad_request"


def test_a_score_that_is_not_graded_clears_the_grade(
    asking: FlaskClient, cast: Cast
) -> None:
    post_score(asking, cast.quiz, a_score(cast, gradingProgress="Pending"))

    [row] = asking.get(
        f"{ITEMS}/{cast.quiz.number}/results?user_id={cast.ada.sub}"
    ).get_json()
    assert row["resultScore"] is None


def test_a_missing_scope_is_unauthorized(
    canvas: Campus, asking: FlaskClient, cast: Cast
) -> None:
    narrow = bearer(a_token(canvas, cast.tool, lti.MEMBERS_READ))

    answer = asking.get(ITEMS, headers=narrow)

    assert answer.status_code == 401
    assert answer.get_json()["errors"]["message"] == "Insufficient permissions"


@pytest.mark.parametrize(
    ("token", "message"),
    [
        (None, "Missing access token"),
        ("opaque", "Invalid access token format"),
        ("a.b.c", "Access token invalid - signature likely incorrect"),
    ],
)
def test_tokens_are_refused_with_the_documented_words(
    canvas: Campus, cast: Cast, token: str | None, message: str
) -> None:
    headers = bearer(token) if token else {}

    answer = create_app(canvas).test_client().get(ITEMS, headers=headers)

    documented = [case["message"] for case in CANVAS["lti_service_errors"]["cases"]]
    assert message in documented
    assert answer.status_code == 401
    assert answer.get_json() == {"errors": {"type": "unauthorized", "message": message}}


def test_an_expired_token_is_unauthorized(canvas: Campus, asking: FlaskClient) -> None:
    canvas.expire_tokens()

    answer = asking.get(ITEMS)

    assert answer.get_json()["errors"]["message"] == "Access token expired"


def test_a_concluded_course_has_no_gradebook(
    canvas: Campus, asking: FlaskClient, cast: Cast
) -> None:
    canvas.change_course(replace(cast.course, concluded=True))

    answer = asking.get(ITEMS)

    assert answer.status_code == 404
    assert answer.get_json() == CANVAS["lti_service_errors"]["other_shapes"][1]["body"]


def test_a_course_without_the_tool_is_closed(
    canvas: Campus, asking: FlaskClient
) -> None:
    elsewhere = canvas.add_course(Course(title="Else", label="E1"))

    answer = asking.get(f"/api/lti/courses/{elsewhere.number}/names_and_roles")

    assert answer.status_code == 401


def test_answers_say_what_they_cost(asking: FlaskClient) -> None:
    answer = asking.get(ITEMS)

    assert set(CANVAS["rate_limit"]["headers_on_success"]) <= set(answer.headers.keys())


@pytest.mark.parametrize("code", [403, 429])
def test_too_many_requests_are_refused_in_either_way(
    canvas: Campus, asking: FlaskClient, code: int
) -> None:
    canvas.faults.on("lineitems", throttled(code), times=1)

    answers = [asking.get(ITEMS) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [code, 200]
    assert answers[0].headers["X-Rate-Limit-Remaining"] == "0.0"
    older = CANVAS["rate_limit"]["throttled_older"]
    if code == older["status"]:
        assert answers[0].get_data(as_text=True) == older["body"]
        assert answers[0].content_type == older["content_type"]
