import json
from typing import Any

import pytest

from lti import launch as claims_of
from lti.deep_linking_settings import DeepLinkingSettings
from lti.errors import LaunchRejected
from lti.launch import Launch

LEAST: dict[str, Any] = {
    "sub": "17",
    claims_of.MESSAGE_TYPE: "LtiResourceLinkRequest",
    claims_of.VERSION: "1.3.0",
    claims_of.DEPLOYMENT_ID: "1",
    claims_of.TARGET_LINK_URI: "https://tool.example/lti/launch",
    claims_of.RESOURCE_LINK: {"id": "10"},
    claims_of.ROLES: [],
}


def launched(**changes: Any) -> Launch:  # noqa: ANN401 -- claims of every type
    named = {getattr(claims_of, k, k): value for k, value in changes.items()}
    return Launch.from_claims({**LEAST, **named})


def test_the_least_a_platform_may_say() -> None:
    launch = launched()

    assert launch == Launch(
        deployment_id="1",
        sub="17",
        name="",
        role="learner",
        context_id="resource-link:10",
        context_title="",
        context_label="",
        resource_link_id="10",
        resource_link_title="",
        target_link_uri="https://tool.example/lti/launch",
        panel="overview",
        badge="",
        locale="",
        family="",
        return_url="",
        memberships_url="",
        lineitems_url="",
        ags_scopes=(),
    )


@pytest.mark.parametrize(
    ("claims", "name"),
    [
        ({"name": "Ada Ahorn"}, "Ada Ahorn"),
        ({"given_name": "Ada", "family_name": "Ahorn"}, "Ada Ahorn"),
        ({"given_name": "Ada", "family_name": ""}, "Ada"),
        ({"name": "$Person.name.full", "given_name": "Ada"}, "Ada"),
        ({"name": None, "family_name": 7}, ""),
        ({"name": "Lerner <b>x</b>"}, "Lerner <b>x</b>"),
        ({"name": "می‌خواهم"}, "می‌خواهم"),
        ({"name": "\u202eevil\u2066\u0007\u2028"}, "evil"),
    ],
)
def test_a_name_is_what_a_person_can_read(claims: dict[str, Any], name: str) -> None:
    assert launched(**claims).name == name


def test_a_variable_without_a_value_is_no_value() -> None:
    custom = {"panel": "$Panel", "badge": "${Badge}"}

    launch = launched(CUSTOM=custom, CONTEXT={"id": "3", "title": "$Context.title"})

    assert (launch.panel, launch.badge) == ("overview", "")
    assert (launch.context_id, launch.context_title) == ("3", "")


@pytest.mark.parametrize(
    ("custom", "panel"),
    [
        ({"panel": "leaderboard"}, "leaderboard"),
        ({"panel": "badge", "badge": "author"}, "badge"),
        ({"panel": "admin"}, "overview"),
        ({"panel": 7}, "overview"),
        ("leaderboard", "overview"),
    ],
)
def test_a_link_opens_its_panel(custom: object, panel: str) -> None:
    assert launched(CUSTOM=custom).panel == panel


@pytest.mark.parametrize(
    ("told", "ids"),
    [
        ("17, 4,17,,9", ("17", "4", "9")),
        ("$Context.id.history", ()),
        ("", ()),
        (17, ()),
        (f"{'x' * 256},ü,5", ("5",)),
        (",".join(map(str, range(1000))), tuple(map(str, range(100)))),
    ],
)
def test_the_courses_that_one_was_copied_from_are_read_newest_first(
    told: object, ids: tuple[str, ...]
) -> None:
    assert launched(CUSTOM={"context_history": told}).context_history == ids


def test_services_are_read_as_sent() -> None:
    scope = "https://purl.imsglobal.org/spec/lti-ags/scope/result.readonly"
    launch = launched(
        AGS={"lineitems": "https://lms.example/items?a=B", "scope": [scope, 7, None]},
        NRPS={"context_memberships_url": "https://lms.example/members"},
    )

    assert launch.lineitems_url == "https://lms.example/items?a=B"
    assert launch.memberships_url == "https://lms.example/members"
    assert launch.ags_scopes == (scope,)


@pytest.mark.parametrize("context", [{"id": ["3"]}, {"id": "x" * 256}, {"id": "é"}])
def test_a_course_of_no_proper_name_is_refused(context: dict[str, Any]) -> None:
    with pytest.raises(LaunchRejected, match="context"):
        launched(CONTEXT=context)


def test_long_links_make_courses_of_their_own() -> None:
    ids = ("x" * 255, "x" * 254 + "y", "x")

    courses = {launched(RESOURCE_LINK={"id": link}).context_id for link in ids}

    assert len(courses) == 3
    assert all(len(course) <= 255 for course in courses)


PICKING: dict[str, Any] = {
    "MESSAGE_TYPE": "LtiDeepLinkingRequest",
    "RESOURCE_LINK": None,
    "DEEP_LINKING": {
        "accept_types": ["link", "ltiResourceLink", 7],
        "accept_presentation_document_targets": ["iframe", None],
        "deep_link_return_url": "https://lms.example/return?data=a.b.c",
    },
}


def test_the_least_a_platform_may_say_to_have_links_picked() -> None:
    launch = launched(**PICKING)

    assert (launch.resource_link_id, launch.context_id) == ("", "site:1")
    assert launch.deep_linking == DeepLinkingSettings(
        return_url="https://lms.example/return?data=a.b.c",
        targets=("iframe",),
        accept_multiple=False,
        accept_line_item=True,
        auto_create=False,
        title="",
        text="",
        data=None,
    )


def test_a_request_for_links_waits_like_any_launch() -> None:
    settings = {**PICKING["DEEP_LINKING"], "data": {"a": "\ud800"}}
    launch = launched(**{**PICKING, "DEEP_LINKING": settings})

    stored = json.loads(json.dumps(launch.as_stored()))

    assert Launch.restored(stored) == launch
    assert stored["deep_linking"]["data"] == '{"a": "\\ud800"}'


def test_a_waiting_launch_is_the_same_after_its_wait() -> None:
    launch = launched(name="Ada", AGS={"scope": ["a", "b"]})

    assert Launch.restored(json.loads(json.dumps(launch.as_stored()))) == launch
