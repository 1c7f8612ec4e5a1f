"""The lists beside the board, and the percentile, over the API: on and off."""

from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from gamification.activity import Fact, record
from models import Membership
from tests.integration.api.conftest import a_board
from tests.support.clock import NOW
from tests.support.launches import Caller, a_caller

OFF = {name: {"state": "off", "items": []} for name in ("improved", "steady", "teams")}


def lists_of(caller: Caller) -> Any:  # noqa: ANN401 -- JSON
    return caller.get(f"{caller.course}/lists").json


def percentile(caller: Caller) -> object:
    answer = caller.get("/api/v1/me/standing").json
    return answer and answer["percentile"]


def were_active(session: Session, members: list[Membership]) -> None:
    """Let each do one thing in each of the two weeks before."""
    facts = [
        Fact(
            context_id=member.context_id,
            membership_id=member.id,
            kind="posted",
            attempt=str(weeks),
            occurred_at=NOW - timedelta(weeks=weeks),
            source="test",
        )
        for member in members
        for weeks in (1, 2)
    ]
    record(session, facts, NOW, environment=True)


def test_the_lists_name_by_alias_and_mark_oneself(
    client: FlaskClient, session: Session
) -> None:
    members = a_board(session, board_lists=True)
    were_active(session, members)
    caller = a_caller(session, client, member=members[2])

    lists = lists_of(caller)

    assert lists["improved"]["items"][0] == {"name": "Alias 5", "more": 11, "me": False}
    assert lists["steady"]["items"][2] == {"name": "Alias 2", "weeks": 3, "me": True}
    assert lists["teams"] == {"state": "too_few", "items": []}
    assert "Name" not in str(lists)


@pytest.mark.parametrize(
    "columns",
    [{"board_lists": False}, {"board_enabled": False}, {"enabled": False}],
    ids=str,
)
def test_lists_that_are_off_are_nowhere(
    columns: dict[str, bool], client: FlaskClient, session: Session
) -> None:
    ada = a_board(session, board_lists=True)[0]
    for name, value in columns.items():
        setattr(ada.context, name, value)
    caller = a_caller(session, client, member=ada)

    assert lists_of(caller) == OFF


def test_an_instructor_turns_the_lists_on(
    client: FlaskClient, session: Session
) -> None:
    ada = a_board(session)[0]
    caller = a_caller(session, client, member=ada)
    teacher = a_caller(session, client, of=ada.context, role="instructor")
    before = lists_of(caller)

    settings = {"board": {"lists": True}}
    teacher.send("PUT", f"{teacher.course}/settings", settings)

    assert before == OFF
    assert lists_of(caller)["improved"]["state"] == "too_few"


def test_ones_percentile_is_there_with_a_board_of_a_hundred_alone(
    client: FlaskClient, session: Session
) -> None:
    ada = a_board(session, people=100)[75]
    caller = a_caller(session, client, member=ada)
    told = [percentile(caller)]
    ada.context.board_enabled = False
    session.commit()
    told.append(percentile(caller))

    assert told == [75, None]
