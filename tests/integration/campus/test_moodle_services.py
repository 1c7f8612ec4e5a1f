"""The campus answers what a recorded Moodle answered, request by request."""

import json
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from campus import vocabulary as lti
from campus.records import LineItem
from campus.state import Campus
from campus.web import create_app
from tests.integration.campus.stage import (
    a_token,
    add_recorded_items,
    add_recorded_link_items,
    bearer,
    recorded_moodle,
    recording,
)

SERVICES = recording("moodle_services")
Case = dict[str, Any]


@pytest.fixture
def moodle() -> Campus:
    return recorded_moodle()


@pytest.fixture
def asking(moodle: Campus) -> FlaskClient:
    return create_app(moodle).test_client()


def replay(asking: FlaskClient, moodle: Campus, case: Case) -> TestResponse:
    """Send a recorded request with a token of the recorded tool."""
    token = {None: None, "bad": "0" * 32}.get(case["tool"], "")
    if token == "":
        token = a_token(moodle, moodle.tool(case["tool"]))
    headers = bearer(token, case["accept"]) if token else {"Accept": case["accept"]}
    if case["content_type"]:
        headers["Content-Type"] = case["content_type"]
    body = json.dumps(case["sent"]) if "sent" in case else None
    return asking.open(case["path"], method=case["method"], headers=headers, data=body)


def expected(case: Case) -> dict[str, object]:
    body = case["body"]
    if "members" in case:
        body = {**body, "members": case["members"]}
    return {
        "status": f"{case['status']} {case['reason']}".casefold(),
        "type": case["type"],
        "link": case.get("link"),
        "body": body,
    }


def answered(answer: TestResponse, case: Case) -> dict[str, object]:
    body: Any = answer.get_data(as_text=True)
    if "json" in answer.content_type and body:
        body = json.loads(body)
    if body and answer.content_type.startswith("text/html"):
        body = "a web page"
    if "members" in case:
        body["members"] = len(body["members"])
    return {
        "status": answer.status.casefold(),
        "type": answer.content_type,
        "link": answer.headers.get("Link"),
        "body": body,
    }


@pytest.mark.parametrize("name", SERVICES["line items at first"])
def test_line_items_are_listed_as_recorded(
    moodle: Campus, asking: FlaskClient, name: str
) -> None:
    add_recorded_link_items(moodle)
    case = SERVICES["line items at first"][name]

    answer = replay(asking, moodle, case)

    assert answered(answer, case) == expected(case)


@pytest.mark.parametrize("name", SERVICES["line items created"])
def test_line_items_are_filtered_and_paged_as_recorded(
    moodle: Campus, asking: FlaskClient, name: str
) -> None:
    add_recorded_link_items(moodle)
    add_recorded_items(moodle)
    case = SERVICES["line items created"][name]

    answer = replay(asking, moodle, case)

    assert answered(answer, case) == expected(case)


def test_scores_and_then_results_are_as_recorded(
    moodle: Campus, asking: FlaskClient
) -> None:
    add_recorded_items(moodle)

    for case in SERVICES["scores"].values():
        answer = replay(asking, moodle, case)
        assert answered(answer, case) == expected(case)

    case = SERVICES["results"]["GET results standalone"]
    results = replay(asking, moodle, case).get_json()
    assert by_user(results) == by_user(case["body"])


@pytest.mark.parametrize("name", SERVICES["results"])
def test_results_are_paged_and_refused_as_recorded(
    moodle: Campus, asking: FlaskClient, name: str
) -> None:
    add_recorded_items(moodle)
    for case in SERVICES["scores"].values():
        replay(asking, moodle, case)
    case = SERVICES["results"][name]

    answer = replay(asking, moodle, case)

    wanted, got = expected(case), answered(answer, case)
    if isinstance(case["body"], list):
        # Which rows come first is the database's business.
        wanted["body"], got["body"] = len(case["body"]), len(answer.get_json())
    assert got == wanted


def test_scores_on_the_links_own_item_are_as_recorded(
    moodle: Campus, asking: FlaskClient
) -> None:
    add_recorded_link_items(moodle)
    moodle.add_line_item(
        LineItem(course=3, label="Gamification (dynreg)", tool=1, link=1, number=20)
    )

    for case in SERVICES["scores on the link's item"].values():
        answer = replay(asking, moodle, case)
        if isinstance(case["body"], list) and case["method"] == "GET":
            assert by_user(answer.get_json()) == by_user(case["body"])
        else:
            assert answered(answer, case) == expected(case)


@pytest.mark.parametrize("name", SERVICES["roster"])
def test_the_roster_is_as_recorded(
    moodle: Campus, asking: FlaskClient, name: str
) -> None:
    case = SERVICES["roster"][name]

    answer = replay(asking, moodle, case)

    assert answered(answer, case) == expected(case)
    if "members" in case:
        first = answer.get_json()["members"][: len(case["body"]["members"])]
        assert without_secrets(first) == without_secrets(case["body"]["members"])


def test_the_next_page_forgets_the_role(moodle: Campus, asking: FlaskClient) -> None:
    headers = bearer(a_token(moodle, moodle.tool(1)))
    path = "/mod/lti/services.php/CourseSection/3/bindings/1/memberships"

    answer = asking.get(f"{path}?role=Learner&limit=10", headers=headers)

    assert answer.headers["Link"] == (
        f'<http://localhost:8080{path}?limit=10&from=10>; rel="next"'
    )


def test_a_missing_scope_is_unauthorized(moodle: Campus, asking: FlaskClient) -> None:
    add_recorded_link_items(moodle)
    headers = bearer(a_token(moodle, moodle.tool(1), lti.MEMBERS_READ))

    answer = asking.get(
        "/mod/lti/services.php/3/lineitems/8/lineitem?type_id=1", headers=headers
    )

    assert answer.status == "401 Unauthorized"


def test_an_expired_token_is_unauthorized(moodle: Campus, asking: FlaskClient) -> None:
    headers = bearer(a_token(moodle, moodle.tool(1)))
    moodle.expire_tokens()

    answer = asking.get(
        "/mod/lti/services.php/CourseSection/3/bindings/1/memberships", headers=headers
    )

    assert answer.status == "401 Unauthorized"


def by_user(results: list[Case]) -> dict[str, Case]:
    return {result["userId"]: result for result in results}


def without_secrets(members: list[Case]) -> list[Case]:
    """Leave out the hash and the random number of the LTI 1.1 grade address."""
    for member in members:
        for message in member.get("message", []):
            outcome = message[lti.BASIC_OUTCOME]
            sourced = json.loads(outcome["lis_result_sourcedid"])
            del sourced["hash"], sourced["data"]["launchid"]
            outcome["lis_result_sourcedid"] = sourced
    return members
