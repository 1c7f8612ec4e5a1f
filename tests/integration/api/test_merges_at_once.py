"""Programs that merge the same people at the same time: it is done once."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import sqlalchemy as sa
from flask_openapi3.openapi import OpenAPI
from sqlalchemy.orm import Session

from jobs.api_keys import PEOPLE_WRITE
from models import Membership, PersonMerge
from tests.factories import a_member
from tests.support.launches import Caller, hand_in
from tests.support.programs import a_key

MERGES = "/api/v1/merges"
PROGRAMS = 8


@pytest.fixture
def both(session: Session, ada: Membership) -> dict[str, str]:
    """Name two users of one course who did something each."""
    twin = a_member(session, of=ada.context, name="Ada A.")
    for member in (ada, twin):
        hand_in(session, member, times=1)
    session.commit()
    return {"kept": ada.user.public_id, "merged": twin.user.public_id}


@pytest.fixture
def programs(app: OpenAPI, session: Session, ada: Membership) -> list[Caller]:
    """Let one key be used in many places."""
    _, secret = a_key(session, ada.context, PEOPLE_WRITE)
    return [Caller(app.test_client(), secret, "") for _ in range(PROGRAMS)]


def at_once(programs: list[Caller], ask: Callable[[Caller], int]) -> Counter[int]:
    with ThreadPoolExecutor(max_workers=len(programs)) as threads:
        return Counter(threads.map(ask, programs))


def test_of_eight_who_merge_the_same_two_one_does(
    session: Session, programs: list[Caller], both: dict[str, str]
) -> None:
    session.rollback()

    def merge(program: Caller) -> int:
        return program.send("POST", MERGES, both).status_code

    assert at_once(programs, merge) == {201: 1, 409: PROGRAMS - 1}


def test_a_merge_that_is_sent_eight_times_at_once_is_made_once(
    session: Session, programs: list[Caller], both: dict[str, str]
) -> None:
    session.rollback()

    def merge(program: Caller) -> int:
        return program.send("POST", MERGES, both, Idempotency_Key="one").status_code

    assert at_once(programs, merge) == {201: PROGRAMS}
    assert len(session.scalars(sa.select(PersonMerge)).all()) == 1


def test_of_eight_who_take_a_merge_back_one_does(
    session: Session, programs: list[Caller], both: dict[str, str]
) -> None:
    made: Any = programs[0].send("POST", MERGES, both)
    path, tag = f"{MERGES}/{made.json['id']}/reversal", made.headers["ETag"]
    session.rollback()

    def take_back(program: Caller) -> int:
        return program.send("POST", path, If_Match=tag).status_code

    assert at_once(programs, take_back) == {200: 1, 412: PROGRAMS - 1}
