"""Security table D3, certification 6.2: the answer to a request for links."""

import json
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from campus import deep_linking
from campus import vocabulary as lti
from campus.tokens import REMOVED
from tests.conformance.stage import Stage
from tests.support.clock import Clock
from tests.support.launches import a_caller
from tests.support.picking import (
    DL,
    PANEL,
    answer,
    ask,
    response,
)

ITEMS, DATA = f"{DL}content_items", f"{DL}data"


def test_6_2_receive_the_response_payload(stage: Stage, clock: Clock) -> None:
    """6.2: Format Valid, Timestamps Valid, Signature Valid, Required Claims Verified."""
    claims = response(stage, ask(stage), PANEL)

    nonce, identity = claims.pop("nonce"), claims.pop("jti")
    issued = int(clock.moment.timestamp())
    assert len(nonce) == 43
    assert len(identity) == 22
    assert claims == {
        "iss": stage.registered.registration.client_id,
        "aud": stage.registered.registration.issuer,
        "iat": issued,
        "exp": issued + 300,
        lti.DEPLOYMENT_ID: stage.registered.cast.tool.deployment_ids[0],
        lti.MESSAGE_TYPE: "LtiDeepLinkingResponse",
        lti.VERSION: "1.3.0",
        f"{DL}msg": "1 link added.",
        ITEMS: [
            {
                "type": "ltiResourceLink",
                "title": "Your progress",
                "url": f"{stage.app.extensions['laurel'].public_url}/lti/launch",
                "custom": {"panel": "overview"},
                "iframe": {"width": 800, "height": 640},
            }
        ],
    }


@pytest.mark.parametrize(
    "data",
    ["CANVAS-JWT", "", "é\u0000\ud800 ", None, 7, 1.5, True, {"a": [1, None]}, []],
)
def test_d3_data_comes_back_exactly(stage: Stage, data: object) -> None:
    """D3: whatever the platform keeps in it, and of whatever type."""
    claims = response(stage, ask(stage, data=data), PANEL)

    assert json.dumps(claims[DATA]) == json.dumps(data)


def test_d3_data_that_was_not_sent_is_not_sent_back(stage: Stage) -> None:
    """Deep Linking 2.0, `data`: what was absent stays absent."""
    assert DATA not in response(stage, ask(stage), PANEL)


def test_d3_nothing_picked_is_a_cancel(stage: Stage) -> None:
    """An answer without items ends the conversation (Deep Linking 2.0, 3.6)."""
    claims = response(stage, ask(stage, data="d"))

    assert (claims[ITEMS], claims[DATA]) == ([], "d")
    assert f"{DL}msg" not in claims


def test_6_2_affirm_response(stage: Stage, served: str) -> None:
    """6.2 Affirm Response: a platform that looks at every claim takes the links."""
    answered = answer(stage, ask(stage), PANEL)
    assert answered.json is not None

    tool, campus = stage.registered.cast.tool, stage.registered.campus
    chosen = deep_linking.read(campus, tool, answered.json["jwt"])

    (item,) = chosen.items
    assert (item.title, item.custom) == ("Your progress", {"panel": "overview"})
    assert item.url == f"{served}/lti/launch"


def test_d3_a_badge_and_a_column_for_grades(stage: Stage) -> None:
    """Deep Linking 2.0, `lineItem`: label, maximum, resource id and tag."""
    column = {"label": "Badges", "score_maximum": 20}
    named = {**column, "resource_id": "week-1", "tag": "mine"}
    claims = response(
        stage,
        ask(stage),
        {"panel": "badge", "badge": "author", "title": "Author", "line_item": column},
        {**PANEL, "line_item": named},
    )

    card, panel = claims[ITEMS]
    assert card["custom"] == {"panel": "badge", "badge": "author"}
    assert card["iframe"] == {"width": 480, "height": 420}
    assert card["lineItem"] == {
        "label": "Badges",
        "scoreMaximum": 20,
        "resourceId": "laurel-badges",
        "tag": "laurel",
    }
    assert panel["lineItem"] == {
        "label": "Badges",
        "scoreMaximum": 20,
        "resourceId": "week-1",
        "tag": "mine",
    }


def test_d3_a_column_is_called_as_its_link_where_canvas_shows_it_for_both(
    canvas_stage: Stage,
) -> None:
    """Canvas: a line item's label takes the place of the link's title."""
    item = {**PANEL, "line_item": {"label": "Badges", "score_maximum": 20}}

    (made,) = response(canvas_stage, ask(canvas_stage), item)[ITEMS]

    assert (made["title"], made["lineItem"]["label"]) == ("Your progress",) * 2


@pytest.mark.parametrize(
    ("targets", "hints"),
    [
        (["frame", "iframe", "window"], {"iframe": {"width": 800, "height": 640}}),
        (["window"], {"window": {"targetName": "_blank"}}),
        (["embed"], {}),
    ],
)
def test_d3_a_link_says_how_it_wants_to_be_shown(
    stage: Stage, targets: list[str], hints: dict[str, object]
) -> None:
    """Deep Linking 2.0, `iframe` and `window`: as the platform can show it."""
    picker = ask(stage, accept_presentation_document_targets=targets)

    (item,) = response(stage, picker, PANEL)[ITEMS]

    assert {k: item[k] for k in ("iframe", "window") if k in item} == hints


@pytest.mark.parametrize(
    ("changes", "items", "detail"),
    [
        (
            {"accept_multiple": False},
            [PANEL, PANEL],
            "items: this place in the course takes one link.",
        ),
        (
            {"accept_multiple": REMOVED},
            [PANEL, PANEL],
            "items: this place in the course takes one link.",
        ),
        (
            {"accept_lineitem": False},
            [{**PANEL, "line_item": {"label": "B", "score_maximum": 1}}],
            "line_item: this place in the course takes no columns for grades.",
        ),
        (
            {},
            [{"panel": "admin", "title": "x"}],
            (
                "items.0.panel: Value error, there are overview, badges, leaderboard, "
                "progress, dashboard, badge"
            ),
        ),
        (
            {},
            [{"panel": "badge", "badge": "nonsense", "title": "x"}],
            (
                "badge: there are first_contribution, contributor, prolific, author, "
                "regular."
            ),
        ),
        (
            {},
            [{**PANEL, "badge": "author"}],
            "badge: only the panel badge shows a single one.",
        ),
        ({}, [{"panel": "overview"}], "items.0.title: Field required"),
        (
            {},
            [{**PANEL, "line_item": {"label": "B", "score_maximum": 0}}],
            (
                "items.0.line_item.score_maximum: Input should be greater than or equal "
                "to 1"
            ),
        ),
        (
            {},
            [PANEL] * 21,
            "items: List should have at most 20 items after validation, not 21",
        ),
    ],
)
def test_d3_what_cannot_be_put_there_is_said(
    stage: Stage, changes: dict[str, Any], items: list[object], detail: str
) -> None:
    """D3: accept_multiple and the rest are respected; the refusal names what exists."""
    refused = answer(stage, ask(stage, **changes), *items)

    assert (refused.status_code, refused.mimetype) == (422, "application/problem+json")
    assert refused.json is not None
    assert refused.json["detail"] == detail


def test_d3_a_second_answer_is_harmless_and_counted(stage: Stage) -> None:
    """D3: double submit: two answers that differ in nothing but their names."""
    picker = ask(stage)

    first, second = (response(stage, picker, PANEL) for _ in range(2))

    assert first.pop("nonce") != second.pop("nonce")
    assert first.pop("jti") != second.pop("jti")
    assert first == second
    noted = [e.details for e in stage.audit() if e.action == "links_picked"]
    assert [details["links"] for details in noted] == [1, 1]


def test_d3_a_launch_that_picks_nothing_may_not_answer(
    client: FlaskClient, session: Session
) -> None:
    """The rights are those of the launch: this one was made to show a panel."""
    caller = a_caller(session, client, role="instructor")

    refused = caller.send("POST", "/lti/deep-linking", {"items": [PANEL]})

    assert (refused.status_code, refused.mimetype) == (403, "application/problem+json")
    assert caller.get("/lti/deep-linking/preview").status_code == 403
