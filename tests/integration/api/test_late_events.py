"""Reports that come late, or in any order: the newest by its moment stands."""

from datetime import datetime, timedelta
from itertools import permutations

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from gamification.activity import Fact, record
from gamification.standings import standing_of
from jobs.api_keys import EVENTS_WRITE
from models import Context, Membership
from tests.factories import POINT, a_context, an_item
from tests.integration.api.test_events import DONE, an_event, facts, post
from tests.support.clock import NOW
from tests.support.launches import Caller
from tests.support.programs import a_program

Report = tuple[str, int]
MONDAY, TUESDAY, WEDNESDAY = (f"2026-11-{day}T10:00:00Z" for day in (16, 17, 18))
REPORTS: list[Report] = [(MONDAY, 80), (TUESDAY, 50), (WEDNESDAY, 80)]
ORDERS = list(permutations(REPORTS))


@pytest.fixture
def course(session: Session) -> Context:
    course = a_context(session)
    an_item(session, of=course, key="quiz-1")
    return course


@pytest.fixture
def program(session: Session, client: FlaskClient, course: Context) -> Caller:
    return a_program(session, client, course, EVENTS_WRITE)


def a_result(ada: Membership, moment: str, score: int) -> dict[str, object]:
    return an_event(
        ada, kind="graded", occurred_at=moment, score=score, maximum=100, attempt="1"
    )


def scores(session: Session) -> list[int | None]:
    return [fact.score for fact in facts(session)]


def test_a_report_that_comes_late_leaves_the_newer_one(
    program: Caller, session: Session, ada: Membership
) -> None:
    post(program, a_result(ada, TUESDAY, 80))

    late = post(program, a_result(ada, MONDAY, 50)).json
    newer = post(program, a_result(ada, WEDNESDAY, 100)).json

    assert late == {**DONE, "new": 0, "unchanged": 1}
    assert newer == {**DONE, "new": 0, "corrected": 1}
    assert scores(session) == [100 * POINT]


@pytest.mark.parametrize("order", ORDERS)
def test_in_whatever_order_they_come_the_newest_stands(
    program: Caller, session: Session, ada: Membership, order: tuple[Report, ...]
) -> None:
    for moment, score in order:
        post(program, a_result(ada, moment, score))

    assert scores(session) == [80 * POINT]


@pytest.mark.parametrize("order", ORDERS)
def test_a_list_may_be_in_any_order(
    program: Caller, session: Session, ada: Membership, order: tuple[Report, ...]
) -> None:
    answer = post(program, [a_result(ada, *report) for report in order])

    assert answer.status_code == 200
    assert scores(session) == [80 * POINT]


def test_a_correction_has_the_moment_of_what_it_corrects(
    program: Caller, session: Session, ada: Membership
) -> None:
    post(program, a_result(ada, MONDAY, 50))
    post(program, a_result(ada, TUESDAY, 60))

    post(program, a_result(ada, TUESDAY, 40))

    assert scores(session) == [40 * POINT]


def test_what_is_taken_back_is_not_given_again_by_what_was_before(
    program: Caller, session: Session, ada: Membership
) -> None:
    done = an_event(ada, kind="completed", occurred_at=MONDAY)
    post(program, {**done, "occurred_at": TUESDAY, "status": "withdrawn"})

    post(program, done)

    assert [fact.status for fact in facts(session)] == ["withdrawn"]
    assert standing_of(session, ada).points == 0


@pytest.mark.parametrize(
    ("moment", "stands"),
    [(NOW - timedelta(hours=3), 80), (NOW - timedelta(hours=1), 50)],
)
def test_a_report_of_a_moment_before_it_leaves_what_the_platform_said(
    program: Caller, session: Session, ada: Membership, moment: datetime, stands: int
) -> None:
    item = an_item(session, of=ada.context, key="essay")
    result = Fact(
        context_id=ada.context_id,
        membership_id=ada.id,
        item_id=item.id,
        kind="graded",
        score=80 * POINT,
        maximum=100 * POINT,
        occurred_at=NOW - timedelta(days=3),
        seen_at=NOW - timedelta(hours=2),
        source="ags",
    )
    record(session, [result], NOW, environment=True)
    session.commit()

    report = {"item": "essay", "kind": "graded", "score": 50, "maximum": 100}
    post(program, an_event(ada, **report, occurred_at=moment.isoformat()))

    assert scores(session) == [stands * POINT]
