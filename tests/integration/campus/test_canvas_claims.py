"""The id_token of the Canvas shape against the examples of its source."""

from dataclasses import replace
from typing import Any

import pytest

from campus import launches
from campus import vocabulary as lti
from campus.records import Link, Person
from campus.seeding import Cast
from campus.state import Campus
from tests.integration.campus.stage import launch_of, recording, shape_of

CANVAS = recording("canvas")
PNS = lti.CLAIM + "platformnotificationservice"


def claims_of(
    campus: Campus, cast: Cast, person: Person | None, link: Link | None = None
) -> dict[str, Any]:
    claims: dict[str, Any] = launches.claims_for(
        campus, launch_of(campus, cast, person, link), "n"
    )
    # Our own links say which panel they open; the examples have no such field.
    claims[lti.CUSTOM].pop("panel", None)
    return claims


def an_assignment(campus: Campus, cast: Cast) -> Link:
    link = campus.add_link(
        Link(
            course=cast.course.number,
            tool=cast.tool.number,
            title="Challenge 1",
            description="<p>Solve the puzzle</p>",
        )
    )
    item = replace(cast.quiz, label="Challenge 1", link=link.number, number=0)
    campus.add_line_item(item)
    return link


def example(name: str) -> dict[str, Any]:
    """Return an example's claims without what the campus does not offer yet."""
    claims = dict(CANVAS[name]["claims"])
    del claims[PNS]
    # The link's identifier of LTI 1.1 is of no use to anybody.
    claims[lti.LTI1P1] = {"user_id": claims[lti.LTI1P1]["user_id"]}
    return claims


def test_course_navigation_claims_have_the_shape_of_the_example(
    canvas: Campus, cast: Cast
) -> None:
    claims = claims_of(canvas, cast, cast.iris)

    wanted = example("id_token_course_navigation")
    assert shape_of(claims) == shape_of(wanted)
    assert claims[lti.ROLES] == wanted[lti.ROLES]
    assert claims[lti.RESOURCE_LINK]["id"] == claims[lti.CONTEXT]["id"]
    assert claims["exp"] - claims["iat"] == wanted["exp"] - wanted["iat"]


def test_assignment_claims_have_the_shape_of_the_example(
    canvas: Campus, cast: Cast
) -> None:
    canvas.quirks.http_line_items = True

    claims = claims_of(canvas, cast, cast.ada, an_assignment(canvas, cast))

    wanted = example("id_token_assignment")
    assert shape_of(claims) == shape_of(wanted)
    assert claims[lti.ROLES] == wanted[lti.ROLES]
    endpoint = claims[lti.AGS]
    assert endpoint["lineitems"].startswith("http://canvas.example.edu/api/lti/")
    assert endpoint["lineitem"].startswith("https://canvas.example.edu/api/lti/")


def test_anonymous_privacy_sends_nothing_about_the_person(
    canvas: Campus, cast: Cast
) -> None:
    canvas.change_tool(replace(cast.tool, shares_names=False, shares_email=False))

    claims = claims_of(canvas, cast, cast.ada)

    name = "id_token_course_navigation_student_anonymous_privacy"
    assert shape_of(claims) == shape_of(example(name))


@pytest.mark.parametrize(
    ("part", "persona"),
    [
        ("iris", "teacher"),
        ("ada", "student"),
        ("assistant", "ta"),
        ("observer", "observer"),
        ("test_student", "test_student_student_view"),
    ],
)
def test_roles_are_those_of_the_persona(
    canvas: Campus, cast: Cast, part: str, persona: str
) -> None:
    claims = claims_of(canvas, cast, getattr(cast, part))

    assert claims[lti.ROLES] == sorted(CANVAS["roles_by_persona"][persona])


def test_a_visitor_has_no_subject(canvas: Campus, cast: Cast) -> None:
    claims = claims_of(canvas, cast, None)

    assert "sub" not in claims
    assert claims[lti.LEGACY_USER_ID] == ""
    assert claims[lti.ROLES] == CANVAS["roles_by_persona"]["anonymous_public_course"]


def test_two_deployments_of_one_key_launch_apart(canvas: Campus, cast: Cast) -> None:
    tool = replace(cast.tool, deployment_ids=("5:aaa", "6:bbb"))

    launch = replace(launch_of(canvas, cast, cast.ada), tool=tool)
    second = replace(launch, deployment="6:bbb")

    assert [
        launches.claims_for(canvas, one, "n")[lti.DEPLOYMENT_ID]
        for one in (launch, second)
    ] == ["5:aaa", "6:bbb"]


def test_quirks_of_custom_claims_are_switches(canvas: Campus, cast: Cast) -> None:
    nobody = "$Canvas.masqueradingUser.id"
    before = claims_of(canvas, cast, cast.ada)[lti.CUSTOM]

    canvas.quirks.integers_in_custom = True
    canvas.quirks.literal_variables = False

    after = claims_of(canvas, cast, cast.ada)[lti.CUSTOM]
    names = ("canvas_course_id", "section_restricted", "masquerading_user_id")
    assert [before[name] for name in names] == ["3", "false", nobody]
    assert [after[name] for name in names] == [3, "false", None]


def test_leaked_model_fields_are_a_switch(canvas: Campus, cast: Cast) -> None:
    canvas.quirks.nested_errors = True

    claims = claims_of(canvas, cast, cast.ada)

    for claim in (lti.LIS, lti.TOOL_PLATFORM, lti.NRPS):
        assert claims[claim]["errors"] == {"errors": {}}
        assert claims[claim]["validation_context"] is None
