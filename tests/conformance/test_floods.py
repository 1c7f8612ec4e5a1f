"""What is refused is noted, and a flood of it fills no table."""

import logging
from collections import Counter
from datetime import timedelta

import pytest

from lti.audit import MOST_REFUSALS
from tests.conformance.stage import ERROR_ID, Stage

pytestmark = pytest.mark.conformance


def refuse(stage: Stage, times: int) -> str:
    """Post launches that nobody began; return the last page's error id."""
    browser = stage.browser()
    answers = [browser.post("/lti/launch", data={"state": "x"}) for _ in range(times)]
    assert {answer.status_code for answer in answers} == {401}
    return str(ERROR_ID.findall(answers[-1].get_data(as_text=True))[0])


def test_of_a_flood_of_refusals_the_first_are_noted(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    """Anybody can send nonsense: the rest of a minute is in the log alone."""
    caplog.set_level(logging.WARNING)

    last = refuse(stage, MOST_REFUSALS + 5)

    assert Counter(entry.action for entry in stage.audit()) == {
        "launch_refused": MOST_REFUSALS,
        "refusals_unnoted": 1,
    }
    assert stage.audit()[-1].details == {"reason": "more_in_the_log"}
    assert last not in {entry.error_id for entry in stage.audit()}
    assert last in caplog.text


def test_after_a_minute_refusals_are_noted_again(stage: Stage) -> None:
    """A flood hides nothing that comes later."""
    refuse(stage, MOST_REFUSALS + 5)
    stage.app.extensions["clock"].advance(timedelta(seconds=61))

    last = refuse(stage, 1)

    assert stage.audit()[-1].error_id == last


def test_a_flood_of_nobody_hides_no_platforms_refusals(stage: Stage) -> None:
    """Each platform's own are counted apart from those of none."""
    refuse(stage, MOST_REFUSALS + 5)
    begun = stage.begin()

    answer = stage.post(begun, stage.token(begun, {"exp": 0}))

    assert stage.refusal(answer) == stage.reasons()[-1]
    assert stage.audit()[-1].registration_id == stage.registered.registration.id
