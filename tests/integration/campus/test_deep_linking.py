"""Deep linking of the campus: what it asks, in both shapes, and what it takes."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from werkzeug.test import TestResponse

from campus import deep_linking, launches, seeding
from campus import vocabulary as lti
from campus.deep_linking import ContentItem, Offer
from campus.records import Launch, Person
from campus.seeding import Cast
from campus.state import Campus
from campus.tokens import REMOVED
from campus.web import create_app
from tests.integration.campus.linking import TWO, Stage
from tests.integration.campus.stage import (
    proving_tool,
    recorded_moodle,
    recording,
    shape_of,
)

RECORDED = recording("moodle_deep_linking")
CANVAS = recording("canvas")
PNS = lti.CLAIM + "platformnotificationservice"


@pytest.fixture(params=["moodle", "canvas"])
def stage(request: pytest.FixtureRequest) -> Iterator[Stage]:
    campus = Campus(request.param, base_url="http://lms.example")
    with proving_tool(campus) as tool:
        cast = seeding.cast(campus)
        yield Stage(campus, cast, tool, create_app(campus).test_client())


def comparable(claims: dict[str, Any]) -> dict[str, Any]:
    """Leave out what is new in every launch, and the tool's own address."""
    claims = json.loads(json.dumps(claims))
    for name in ("nonce", "iat", "exp", lti.TARGET_LINK_URI):
        del claims[name]
    settings = claims[lti.DEEP_LINKING_SETTINGS]
    address = settings["deep_link_return_url"].partition("&sesskey")[0]
    settings["deep_link_return_url"] = address
    return dict(claims)


def test_moodle_asks_as_it_was_recorded() -> None:
    campus = recorded_moodle()
    named = {
        k: v for k, v in campus.tool(1).custom.items() if k not in ("boardid", "grp")
    }
    tool = replace(campus.tool(1), name="Example tool (dynreg)", custom=named)
    launch = deep_linking.request(campus, tool, campus.course(3), campus.person(16))

    claims = launches.claims_for(campus, launch, "n")
    login = launches.login_form(campus, launch)

    assert comparable(claims) == comparable(RECORDED["claims"])
    assert list(login) == list(RECORDED["login"])
    hint, recorded = login["lti_message_hint"], RECORDED["login"]["lti_message_hint"]
    assert list(json.loads(hint)) == list(json.loads(recorded)) == ["launchid"]
    assert re.sub(r"\d+", "", hint) == re.sub(r"\d+", "", recorded)


def test_canvas_asks_as_its_source_does(canvas: Campus, cast: Cast) -> None:
    launch = deep_linking.request(canvas, cast.tool, cast.course, cast.iris)

    claims: dict[str, Any] = launches.claims_for(canvas, launch, "n")

    wanted = dict(CANVAS["id_token_deep_linking"]["claims"])
    del wanted[PNS]
    assert shape_of(claims) == shape_of(wanted)
    settings, said = (c[lti.DEEP_LINKING_SETTINGS] for c in (claims, wanted))
    address = settings.pop("deep_link_return_url")
    assert address.partition("?data=")[0] == (
        f"https://canvas.example.edu/courses/{cast.course.number}/deep_linking_response"
    )
    del said["deep_link_return_url"]
    assert settings == said


@pytest.mark.parametrize(
    ("placement", "types", "several"),
    [
        ("link_selection", ["ltiResourceLink"], True),
        ("assignment_selection", ["ltiResourceLink"], False),
        (
            "editor_button",
            ["link", "file", "html", "ltiResourceLink", "image"],
            True,
        ),
    ],
)
def test_each_place_of_canvas_takes_its_own(
    canvas: Campus, cast: Cast, placement: str, types: list[str], several: bool
) -> None:
    launch = deep_linking.request(
        canvas, cast.tool, cast.course, cast.iris, placement=placement
    )
    settings = canvas.shape.linking_settings(canvas, launch)

    assert settings["accept_types"] == types
    assert settings["accept_multiple"] is several


def test_links_and_columns_are_made(stage: Stage) -> None:
    page = stage.send(stage.ask(), stage.answer())
    stage.save(page)

    leaderboard, badges = stage.links()
    assert (leaderboard.title, leaderboard.custom) == (
        "Leaderboard",
        {"panel": "leaderboard"},
    )
    assert leaderboard.url == "http://tool.example/lti/launch"
    (column,) = [
        item
        for item in stage.campus.line_items(stage.cast.course, stage.tool.tool)
        if item.link == badges.number
    ]
    assert (column.label, column.maximum, column.tag, column.resource_id) == (
        "Share of badges",
        20,
        "laurel",
        "laurel-badges",
    )


def test_a_link_leads_where_it_was_told(stage: Stage) -> None:
    stage.save(stage.send(stage.ask(), stage.answer()))
    launched = [
        stage.campus.begin(
            Launch(
                tool=stage.tool.tool,
                course=stage.cast.course,
                person=stage.cast.ada,
                link=link,
            )
        )
        for link in stage.links()
    ]

    targets = [
        launches.claims_for(stage.campus, launch, "n")[lti.TARGET_LINK_URI]
        for launch in launched
    ]
    own = stage.tool.tool.target_link_uri
    assert targets == ["http://tool.example/lti/launch", own]
    logins = [launches.login_form(stage.campus, one) for one in launched]
    assert [form["target_link_uri"] for form in logins] == targets


def test_a_cancel_goes_back_to_the_course(stage: Stage) -> None:
    page = stage.send(stage.ask(), stage.answer(CONTENT_ITEMS=[]))

    assert "Nothing was added." in page.text
    assert re.search(r'target="_top"\s+data-submit', page.text)
    assert stage.links() == []


def test_what_the_tool_says_is_shown(stage: Stage) -> None:
    said = stage.answer(CONTENT_ITEMS=[], LINKING_ERROR="No <b>room</b>")

    page = stage.send(stage.ask(), said)

    assert "No &lt;b&gt;room&lt;/b&gt;" in page.text
    assert "data-submit" not in page.text


@pytest.mark.parametrize(
    ("claim", "value"),
    [
        ("iss", "another-client"),
        ("aud", "http://other.example"),
        ("exp", 1),
        ("exp", REMOVED),
        ("iat", REMOVED),
        ("nonce", REMOVED),
        ("DEPLOYMENT_ID", "999"),
        ("MESSAGE_TYPE", "LtiResourceLinkRequest"),
        ("VERSION", "1.1"),
        ("CONTENT_ITEMS", "two"),
        ("CONTENT_ITEMS", [{"type": "html", "html": "<b>x</b>"}]),
        ("CONTENT_ITEMS", [{**TWO[0], "custom": {"panel": 1}}]),
        ("CONTENT_ITEMS", [{**TWO[0], "lineItem": {"label": "x"}}]),
    ],
)
def test_an_answer_that_is_not_right_is_refused(
    stage: Stage, claim: str, value: object
) -> None:
    refused = stage.send(stage.ask(), stage.answer(**{claim: value}))

    assert (refused.status_code, stage.links()) == (400, [])


def test_an_answer_is_good_for_once_and_signed(stage: Stage) -> None:
    answer = stage.answer()
    forged = answer.rpartition(".")[0] + ".AAAA"

    statuses = [
        stage.send(stage.ask(), one).status_code for one in (forged, answer, answer)
    ]

    assert statuses == [400, 200, 400]


def test_a_return_address_is_good_for_whom_it_was_made(stage: Stage) -> None:
    settings = stage.ask()
    url = urlsplit(settings["deep_link_return_url"])
    (name,) = {"sesskey", "data"} & set(parse_qs(url.query))
    bent = {"deep_link_return_url": f"{url.path}?course=3&id=1&{name}=forged"}

    assert stage.send(bent, stage.answer()).status_code in {400, 403}
    assert stage.links() == []


def page_for(stage: Stage, person: Person) -> TestResponse:
    course = stage.cast.course.number
    return stage.browser.get(f"/course/{course}/add?as={person.number}")


def test_only_staff_is_offered_to_add(stage: Stage) -> None:
    course = f"/course/{stage.cast.course.number}"
    teacher = stage.browser.get(f"{course}?as={stage.cast.iris.number}").text
    learner = stage.browser.get(f"{course}?as={stage.cast.ada.number}").text

    assert ("Add an activity" in teacher, "Add an activity" in learner) == (True, False)
    page = page_for(stage, stage.cast.iris)
    assert f'action="{stage.tool.tool.login_url}"' in unescape(page.text)
    assert page_for(stage, stage.cast.ada).status_code == 404


def test_what_was_offered_is_saved_once(stage: Stage) -> None:
    course, tool = stage.cast.course, stage.tool.tool
    items = (ContentItem("Badges", "http://tool.example/lti/launch"),)
    secret = stage.campus.basket.put(Offer(course, tool, stage.cast.iris, items))
    elsewhere, here = (
        f"/course/{number}/links/{secret}" for number in (999, course.number)
    )

    statuses = [stage.browser.post(path).status_code for path in (here, here)]

    assert (statuses, len(stage.links())) == ([303, 404], 1)
    assert stage.browser.post(elsewhere).status_code == 404
