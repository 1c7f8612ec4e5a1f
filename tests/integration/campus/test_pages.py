"""The course page: who looks, what opens, and which buttons there are."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from html import unescape

import pytest
from flask.testing import FlaskClient

from campus import seeding
from campus.clock import Clock
from campus.records import Course, Person, Tool
from campus.state import Campus
from campus.web import create_app

WEDNESDAY = datetime(2026, 11, 18, 12, tzinfo=UTC)
PRODUCTS = re.compile("moodle|canvas|instructure|blackboard|laurel", re.IGNORECASE)


@pytest.fixture(params=["moodle", "canvas"])
def campus(request: pytest.FixtureRequest) -> Campus:
    campus = Campus(request.param, clock=Clock(real=lambda: WEDNESDAY))
    campus.add_tool(Tool.at("http://127.0.0.1:5000", "client-1"))
    return campus


@pytest.fixture
def course(campus: Campus) -> Course:
    return seeding.fifty_learners(campus)


@pytest.fixture
def asking(campus: Campus, course: Course) -> FlaskClient:
    return create_app(campus).test_client()


@pytest.fixture
def learner(campus: Campus, course: Course) -> Person:
    return campus.person(campus.enrolments(course)[2].person)


def page(asking: FlaskClient, path: str) -> str:
    answer = asking.get(path)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def login_fields(html: str) -> dict[str, str]:
    [form] = re.findall(r'<form action="http://127[^>]*>.*?</form>', html, re.DOTALL)
    fields = re.findall(r'name="(\w+)"\s+value="([^"]*)"', form)
    return {name: unescape(value) for name, value in fields}


def test_the_front_page_lists_courses_and_people(
    asking: FlaskClient, learner: Person
) -> None:
    html = page(asking, "/")

    assert "Introduction to Biology" in html
    assert f"/course/3?as={learner.number}" in html


def test_the_tool_is_opened_in_a_plain_frame_by_a_form(
    campus: Campus, asking: FlaskClient, learner: Person
) -> None:
    html = page(asking, f"/course/3?as={learner.number}")

    [frame] = re.findall(r'<iframe[^>]*id="tool"[^>]*>', html)
    assert 'name="tool"' in frame
    assert "sandbox" not in frame
    assert "allow" not in frame
    assert 'action="http://127.0.0.1:5000/lti/login"' in html
    assert re.search(r'method="post"\s+target="tool"\s+data-submit', html)
    fields = login_fields(html)
    assert fields["iss"] == campus.base_url
    assert fields["login_hint"] in (learner.sub, learner.legacy_id)


def test_each_page_brings_a_launch_of_its_own(asking: FlaskClient) -> None:
    answers = [asking.get("/course/3") for _ in range(2)]

    hints = {
        login_fields(answer.get_data(as_text=True))["lti_message_hint"]
        for answer in answers
    }
    assert len(hints) == 2
    assert answers[0].headers["Cache-Control"] == "no-store"


def test_the_leaderboard_is_a_link_of_its_own(
    campus: Campus, course: Course, asking: FlaskClient
) -> None:
    links = campus.links(course)

    html = page(asking, f"/course/3?link={links[1].number}")

    assert [link.custom["panel"] for link in links] == ["overview", "leaderboard"]
    assert re.search(r'aria-current="page">\s*Leaderboard', html)


def test_a_new_window_is_opened_by_a_button(asking: FlaskClient) -> None:
    html = page(asking, "/course/3?open=window")

    assert 'target="_blank"' in html
    assert 'id="tool"' not in html
    assert "Open Your progress in a new window" in html


def test_only_the_canvas_shape_answers_messages(
    campus: Campus, asking: FlaskClient
) -> None:
    html = page(asking, "/course/3")

    answers = campus.shape.name == "canvas"
    assert ("course.js" in html) == answers
    assert ('name="post_message_forwarding"' in html) == answers
    assert ("lti_storage_target" in login_fields(html)) == answers


def test_the_mobile_apps_stay_silent(campus: Campus, asking: FlaskClient) -> None:
    campus.quirks.storage_answers = False

    assert "course.js" not in page(asking, "/course/3")
    assert "forwarding.js" not in page(asking, "/post_message_forwarding")


def test_the_forwarding_frame_answers_the_tools_origin_alone(
    asking: FlaskClient,
) -> None:
    html = page(asking, "/post_message_forwarding")

    assert 'data-tool-origins="http://127.0.0.1:5000"' in html


def test_a_learner_does_an_activity_and_comes_back(
    campus: Campus, course: Course, asking: FlaskClient, learner: Person
) -> None:
    item = next(
        one
        for one in campus.line_items(course)
        if one.week == 3 and campus.find_result(one, learner) is None
    )

    answer = asking.post(
        f"/course/3/activity/{item.number}?as={learner.number}&open=window"
    )

    assert answer.status_code == 303
    assert answer.headers["Location"] == f"/course/3?as={learner.number}&open=window"
    result = campus.find_result(item, learner)
    assert result is not None
    assert result.at == WEDNESDAY


@pytest.mark.parametrize("who", ["teacher", "learner"])
def test_what_is_not_open_cannot_be_done(
    campus: Campus, course: Course, asking: FlaskClient, learner: Person, who: str
) -> None:
    teacher = campus.enrolments(course)[0].person
    viewer = teacher if who == "teacher" else learner.number
    week = 3 if who == "teacher" else 4
    item = next(one for one in campus.line_items(course) if one.week == week)

    answer = asking.post(f"/course/3/activity/{item.number}?as={viewer}")

    assert answer.status_code == 404


def test_learners_see_their_scores_and_teachers_how_many_handed_in(
    campus: Campus, course: Course, asking: FlaskClient, learner: Person
) -> None:
    teacher = campus.enrolments(course)[0].person

    as_teacher = page(asking, f"/course/3?as={teacher}")
    as_learner = page(asking, f"/course/3?as={learner.number}")

    assert "handed in" in as_teacher
    assert "Do this activity" not in as_teacher
    assert "Do this activity" in as_learner
    assert "handed in" not in as_learner


def test_next_week_is_a_button(asking: FlaskClient, campus: Campus) -> None:
    before = page(asking, "/course/3")

    answer = asking.post("/course/3/next-week?as=17")

    after = page(asking, answer.headers["Location"])
    assert "Week 3 of 12" in before
    assert "Week 4 of 12" in after
    assert "Wednesday, 25 November 2026" in after


def test_names_are_text(campus: Campus, asking: FlaskClient, learner: Person) -> None:
    hostile = campus.add_person(replace(learner, number=0, family_name="<b>x</b>"))
    campus.enrol(
        replace(campus.enrolments(campus.courses[0])[2], person=hostile.number)
    )

    for path in ("/", f"/course/3?as={hostile.number}"):
        html = page(asking, path)
        assert "<b>x</b>" not in html
        assert "&lt;b&gt;x&lt;/b&gt;" in html


@pytest.mark.parametrize("path", ["/course/99", "/course/3?as=99999"])
def test_strangers_and_unknown_courses_are_not_found(
    asking: FlaskClient, path: str
) -> None:
    assert asking.get(path).status_code == 404


def test_no_product_is_named_on_the_page(asking: FlaskClient) -> None:
    seen = re.sub(r"<[^>]+>", " ", page(asking, "/course/3") + page(asking, "/"))

    assert PRODUCTS.findall(seen) == []


def test_a_course_without_weeks_has_no_button_to_skip_one(campus: Campus) -> None:
    cast = seeding.cast(campus)
    client = create_app(campus).test_client()

    html = page(client, f"/course/{cast.course.number}?as={cast.ada.number}")

    assert "Next week" not in html
    assert "18 / 20" in html
