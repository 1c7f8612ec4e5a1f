"""Nothing is signed for a platform that the operator did not approve."""

import pytest
import sqlalchemy as sa
from click.testing import Result
from flask import Response

from campus.faults import Honest
from jobs.freshness import RESULTS, ROSTER
from jobs.sync import NO_CONSENT, SyncReport, _read
from jobs.turns import turn
from models import Registration
from models.db import db
from tests.support.publishing import posted, send
from tests.support.syncing import Desk

NOT_ACTIVE = ["pending", "disabled"]


def put(desk: Desk, state: str) -> str:
    """Have a platform be in a state; return its id."""
    desk.session.execute(sa.update(Registration).values(state=state))
    desk.session.commit()
    return desk.session.scalars(sa.select(Registration.public_id)).one()


def typed(desk: Desk, *words: str) -> Result:
    course = desk.context.public_id
    desk.session.commit()
    return desk.app.test_cli_runner().invoke(args=[*words, "--course", course])


def signed(desk: Desk) -> int:
    """Return how many tokens were asked for, each with what we sign."""
    return len(desk.registered.campus.traffic.requests("token"))


@pytest.mark.parametrize("state", NOT_ACTIVE)
@pytest.mark.parametrize("words", [("scores", "add"), ("scores", "remove", "--yes")])
def test_a_column_is_no_reason_to_sign(
    desk: Desk, state: str, words: tuple[str, ...]
) -> None:
    public_id = put(desk, state)

    result = typed(desk, *words)

    said = f"not approved ({state}): `flask platform approve {public_id}`."
    assert (result.exit_code, signed(desk)) == (1, 0)
    assert said in result.output


@pytest.mark.parametrize("state", NOT_ACTIVE)
def test_scores_that_are_due_are_no_reason_to_sign(ready: Desk, state: str) -> None:
    put(ready, state)
    before = signed(ready)

    assert send(ready) == {}

    assert (signed(ready), posted(ready)) == (before, [])


@pytest.mark.parametrize("state", NOT_ACTIVE)
def test_a_course_that_is_being_read_is_no_reason_to_sign(
    desk: Desk, state: str
) -> None:
    """The operator was faster than the worker that had looked."""
    context_id = desk.context.id
    put(desk, state)

    with desk.app.app_context(), turn(db.session(), context_id) as ours:
        report = _read(ours, [ROSTER, RESULTS], NO_CONSENT)

    assert (report, signed(desk)) == (SyncReport(context_id), 0)


def test_what_the_operator_disables_meanwhile_the_doctor_leaves_alone(
    desk: Desk,
) -> None:
    def meanwhile(honest: Honest) -> Response:
        put(desk, "disabled")
        return honest()

    desk.registered.campus.faults.on("jwks", meanwhile, times=1)

    result = desk.app.test_cli_runner().invoke(args=["doctor"])

    assert (result.exit_code, signed(desk)) == (1, 0)
    assert "keys    ok" in result.output
    assert "state   MEND: The platform is not approved (disabled)" in result.output
