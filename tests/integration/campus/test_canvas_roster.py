"""Names and Roles of the Canvas shape against the examples."""

from dataclasses import replace

import pytest
from flask.testing import FlaskClient

from campus import vocabulary as lti
from campus.records import Enrolment, Person, Tool
from campus.seeding import Cast
from campus.state import Campus
from tests.integration.campus.stage import (
    next_path,
    recording,
    shape_of,
    walk,
)

CANVAS = recording("canvas")
COURSE = "/api/lti/courses/3"


def test_a_roster_has_the_shape_of_the_example(
    authorized: FlaskClient, cast: Cast
) -> None:
    example = CANVAS["nrps_course"]["response"]

    answer = authorized.get(f"{COURSE}/names_and_roles?limit=50")

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
    authorized: FlaskClient, cast: Cast, part: str, persona: str
) -> None:
    person: Person = getattr(cast, part)

    members = authorized.get(f"{COURSE}/names_and_roles").get_json()["members"]

    [roles] = [one["roles"] for one in members if one["user_id"] == person.sub]
    assert roles == CANVAS["roles_by_persona"]["nrps_roles"][persona]


def test_the_courses_own_id_expands_custom_fields_for_everybody(
    canvas: Campus, authorized: FlaskClient, cast: Cast
) -> None:
    example = CANVAS["nrps_course_with_rlid"]["response"]["body"]["members"][0]
    asked = {"canvas_user_id": "$Canvas.user.id", "api_domain": "$Canvas.api.domain"}
    canvas.change_tool(replace(cast.tool, custom=asked))

    answer = authorized.get(f"{COURSE}/names_and_roles?rlid={cast.course.context_id}")

    messages = [one["message"] for one in answer.get_json()["members"]]
    assert set(messages[0][0]) == set(example["message"][0])
    # What is not on the list for rosters keeps its name.
    assert messages[0][0][lti.CUSTOM] == {
        "canvas_user_id": str(cast.iris.number),
        "api_domain": "$Canvas.api.domain",
    }


@pytest.mark.parametrize(("rlid", "position"), [("junk", 0), ("foreign", 1)])
def test_a_foreign_or_unknown_link_is_a_bad_request(
    canvas: Campus, authorized: FlaskClient, cast: Cast, rlid: str, position: int
) -> None:
    other = canvas.add_tool(Tool.at("https://else.example", "2"))
    link = replace(cast.link, tool=other.number, placement=None, number=0)
    foreign = canvas.add_link(link)
    asked = foreign.id if rlid == "foreign" else rlid

    answer = authorized.get(f"{COURSE}/names_and_roles?rlid={asked}")

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
    canvas: Campus, authorized: FlaskClient, cast: Cast, *, opaque: bool
) -> None:
    canvas.quirks.opaque_pages = opaque
    a_crowd(canvas, cast, 111)

    pages = walk(authorized, f"{COURSE}/names_and_roles?limit=100")

    assert [len(page) for page in pages] == [50, 50, 20]
    assert len({one["user_id"] for page in pages for one in page}) == 120


def test_letter_case_matters_in_a_next_link(
    canvas: Campus, authorized: FlaskClient, cast: Cast
) -> None:
    a_crowd(canvas, cast, 60)
    path = next_path(authorized.get(f"{COURSE}/names_and_roles"))
    assert path is not None

    statuses = [authorized.get(one).status_code for one in (path, path.lower())]

    assert statuses == [200, 400]


def test_the_role_survives_paging(
    canvas: Campus, authorized: FlaskClient, cast: Cast
) -> None:
    a_crowd(canvas, cast, 60)
    role = (lti.MEMBERSHIP + "Learner").replace("#", "%23")

    pages = walk(authorized, f"{COURSE}/names_and_roles?role={role}")

    assert {tuple(one["roles"]) for page in pages for one in page} == {
        (lti.MEMBERSHIP + "Learner",)
    }
