"""Security table D3: a place that takes no links of ours (Deep Linking 2.0, 3.6)."""

from collections import Counter
from typing import Any

import pytest
import sqlalchemy as sa
from werkzeug.test import TestResponse

from campus import deep_linking
from campus.tokens import REMOVED
from lti.audit import MOST_REFUSALS
from models import LaunchSession
from tests.conformance.stage import ERROR_ID, Stage
from tests.support.picking import DL, PANEL, SETTINGS, answer, ask, response
from tests.support.visitor import Page

ERROR_MESSAGE, ERROR_LOG = f"{DL}errormsg", f"{DL}errorlog"
TAKES_FILES: dict[str, Any] = {"accept_types": ["file"]}
TAKES_NOTHING_SHOWN: dict[str, Any] = {
    "accept_presentation_document_targets": ["hologram"]
}
UNFIT = [
    (TAKES_FILES, "accept_types"),
    ({"accept_types": ["link", "html"]}, "accept_types"),
    ({"accept_types": "ltiResourceLink"}, "accept_types"),
    ({"accept_types": REMOVED}, "accept_types"),
    ({"accept_types": REMOVED, **TAKES_NOTHING_SHOWN}, "accept_types"),
    (TAKES_NOTHING_SHOWN, "document_targets"),
    ({"accept_presentation_document_targets": []}, "document_targets"),
    ({"accept_presentation_document_targets": REMOVED}, "document_targets"),
]


def form_of(stage: Stage, page: TestResponse) -> dict[str, str]:
    """Return the fields of the form that goes back to the campus."""
    base = stage.registered.campus.base_url
    shown = Page("http://tool.example/", page.get_data(as_text=True))
    return shown.form_to(f"{base}/return?course=3").fields


@pytest.mark.parametrize(("changes", "reason"), UNFIT)
def test_d3_a_place_that_takes_no_links_of_tools_is_told_so(
    stage: Stage, changes: dict[str, Any], reason: str
) -> None:
    """DL 2.0, 3.4.1: accept_types and targets are respected, in a sentence for the teacher."""
    refused = ask(stage, **changes)

    page = refused.get_data(as_text=True)
    assert (refused.status_code, refused.mimetype) == (400, "text/html")
    assert "Nothing can be added from here" in page
    assert "What should learners see here?" not in page
    (entry,) = stage.audit()
    assert (entry.action, entry.details) == ("launch_refused", {"reason": reason})
    assert ERROR_ID.findall(page) == [entry.error_id]


def test_d3_the_way_back_leads_to_the_platform_alone(stage: Stage) -> None:
    """DL 2.0, 3.6: it posts the answer to the return address, and to nowhere else."""
    refused = ask(stage, **TAKES_FILES)

    policy = refused.headers["Content-Security-Policy"].split("; ")
    assert f"form-action {stage.registered.campus.base_url}" in policy
    assert "eyJ" not in refused.get_data(as_text=True)
    assert form_of(stage, refused) == {"JWT": ""}


@pytest.mark.parametrize(
    ("changes", "message", "log"),
    [
        (
            TAKES_FILES,
            "Laurel added nothing: this place in your course takes no links to tools.",
            "accept_types names no ltiResourceLink, and the tool has nothing else.",
        ),
        (
            TAKES_NOTHING_SHOWN,
            "Laurel added nothing: this place names no way to show a link that Laurel knows.",
            (
                "accept_presentation_document_targets names none of embed, frame, "
                "iframe, window."
            ),
        ),
    ],
)
def test_d3_the_answer_says_why_nothing_was_added(
    stage: Stage, changes: dict[str, Any], message: str, log: str
) -> None:
    """DL 2.0, 3.6: no items, `errormsg` and `errorlog`, and `data` as it came."""
    claims = response(stage, ask(stage, data="d", **changes))

    said = {name: value for name, value in claims.items() if name.startswith(DL)}
    assert said == {
        f"{DL}content_items": [],
        f"{DL}data": "d",
        ERROR_MESSAGE: message,
        ERROR_LOG: log,
    }


@pytest.mark.parametrize("shape", ["stage", "canvas_stage"])
def test_d3_the_platform_reads_why(shape: str, request: pytest.FixtureRequest) -> None:
    """DL 2.0, 3.6: a platform that looks at every claim takes the answer."""
    stage: Stage = request.getfixturevalue(shape)
    request.getfixturevalue("served")

    answered = answer(stage, ask(stage, **TAKES_FILES))

    assert answered.json is not None
    tool, campus = stage.registered.cast.tool, stage.registered.campus
    chosen = deep_linking.read(campus, tool, answered.json["jwt"])
    assert chosen == deep_linking.Chosen(
        items=(),
        error="Laurel added nothing: this place in your course takes no links to "
        "tools.",
    )


def test_d3_where_links_fit_no_error_is_told(stage: Stage) -> None:
    """DL 2.0, 3.6: `errormsg` is for errors; a cancel is none."""
    for items in ([], [PANEL]):
        claims = response(stage, ask(stage), *items)

        assert {ERROR_MESSAGE, ERROR_LOG}.isdisjoint(claims)


def test_d3_nothing_is_put_where_it_does_not_fit(stage: Stage) -> None:
    """D3: accept_types is respected by the answer, too, whoever asks for one."""
    refused = answer(stage, ask(stage, **TAKES_FILES), PANEL)

    assert refused.status_code == 422
    assert refused.json is not None
    assert refused.json["detail"] == (
        "items: this place in the course takes no links of ours."
    )


def test_d3_a_learner_is_told_nothing_of_a_place(stage: Stage) -> None:
    """D2 and D3: who may not pick gets 403, no session and no answer to send."""
    refused = ask(stage, stage.registered.cast.ada, **TAKES_FILES)

    assert (refused.status_code, stage.refusal(refused)) == (403, "not_staff")
    assert 'name="JWT"' not in refused.get_data(as_text=True)


def test_d3_no_error_is_told_to_somebody_elsewhere(stage: Stage) -> None:
    """D1 and D3: where the answer would leave the platform there is none."""
    away = "https://elsewhere.example/return"

    refused = ask(stage, deep_link_return_url=away, **TAKES_FILES)

    assert stage.refusal(refused) == "return_url_elsewhere"
    assert "elsewhere.example" not in refused.get_data(as_text=True)
    assert 'name="JWT"' not in refused.get_data(as_text=True)


@pytest.mark.parametrize("claim", [REMOVED, None, [], "settings", 7])
def test_d3_a_request_without_settings_is_refused(stage: Stage, claim: object) -> None:
    """DL 2.0, 3.4.1: without them nothing says where an answer would go."""
    refused = ask(stage, claims={SETTINGS: claim})

    assert (refused.status_code, stage.refusal(refused)) == (400, "return_url_missing")


def test_d3_a_flood_of_them_fills_no_table(stage: Stage) -> None:
    """D3: after sixty a minute the audit says that there are more, and stops."""
    for _ in range(MOST_REFUSALS + 3):
        ask(stage, **TAKES_FILES)

    assert Counter(entry.action for entry in stage.audit()) == {
        "launch_refused": MOST_REFUSALS,
        "refusals_unnoted": 1,
    }
    opened = stage.session.scalars(sa.select(LaunchSession.role))
    assert set(opened) == {"instructor"}
