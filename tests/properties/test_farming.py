"""Under any weights: nothing that is done again is paid again."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask_openapi3.openapi import OpenAPI
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from gamification.activity import Fact, rebuild, record
from gamification.activity.weighing import save_weights
from gamification.metrics import ALL, POINT
from gamification.metrics.weights import PAID, Worth
from jobs.intake import Event, take_in
from models import Item, Membership, Standing
from tests.factories import a_member, an_item

AMOUNTS = st.integers(0, 20 * POINT)
WEIGHTS = st.lists(
    st.builds(
        Worth,
        kind=st.sampled_from(PAID),
        points=AMOUNTS,
        daily_cap=st.none() | AMOUNTS,
        item=st.sampled_from([None, "quiz-1"]),
    ),
    max_size=5,
    unique_by=lambda worth: (worth.kind, worth.item),
)
SCORES = st.lists(st.integers(0, 100), min_size=1, max_size=5)
PROPERTY = settings(
    max_examples=40,
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@pytest.fixture
def ada(session: Session) -> Membership:
    ada = a_member(session)
    an_item(session, of=ada.context, key="quiz-1")
    return ada


def a_fact(ada: Membership, item_id: int, kind: str, **named: Any) -> Fact:  # noqa: ANN401 -- any other field of the fact
    return Fact(
        context_id=ada.context_id,
        membership_id=ada.id,
        kind=kind,
        item_id=item_id,
        source="test",
        **named,
    )


def graded(ada: Membership, item_id: int, percent: int, **named: Any) -> Fact:  # noqa: ANN401 -- any other field of the fact
    result = {"score": percent * POINT, "maximum": 100 * POINT}
    return a_fact(ada, item_id, "graded", **result, **named)


def points(session: Session, ada: Membership) -> int:
    query = sa.select(Standing.points).where(
        Standing.membership_id == ada.id, Standing.period == ALL
    )
    return session.scalar(query) or 0


def item_of(session: Session, ada: Membership) -> int:
    query = sa.select(Item.id).where(Item.context_id == ada.context_id)
    return session.scalars(query).one()


@PROPERTY
@given(weights=WEIGHTS, times=st.integers(1, 4))
def test_handing_in_the_same_again_gives_nothing_new(
    session: Session,
    ada: Membership,
    now: datetime,
    weights: list[Worth],
    times: int,
) -> None:
    with session.begin_nested() as example:
        save_weights(session, ada.context, weights)
        quiz = item_of(session, ada)
        handed_in = a_fact(ada, quiz, "submitted", occurred_at=now)
        record(session, [handed_in], now, environment=False)
        once = points(session, ada)

        for number in range(times):
            again = a_fact(
                ada, quiz, "submitted", occurred_at=now - timedelta(days=number)
            )
            record(session, [again], now, environment=False)

        assert points(session, ada) == once
        example.rollback()
    session.expire_all()


@PROPERTY
@given(weights=WEIGHTS, toggles=st.lists(st.booleans(), max_size=6))
def test_a_toggled_completion_counts_once_or_not_at_all(
    session: Session,
    ada: Membership,
    now: datetime,
    weights: list[Worth],
    toggles: list[bool],
) -> None:
    with session.begin_nested() as example:
        save_weights(session, ada.context, weights)
        quiz = item_of(session, ada)
        record(
            session,
            [a_fact(ada, quiz, "completed", occurred_at=now)],
            now,
            environment=False,
        )
        once = points(session, ada)

        for is_done in toggles:
            status = "normal" if is_done else "withdrawn"
            fact = a_fact(ada, quiz, "completed", occurred_at=now, status=status)
            record(session, [fact], now, environment=False)

        is_done = not toggles or toggles[-1]
        assert points(session, ada) == (once if is_done else 0)
        example.rollback()
    session.expire_all()


@PROPERTY
@given(weights=WEIGHTS, scores=SCORES)
def test_attempts_are_worth_no_more_than_the_best_of_them(
    session: Session,
    ada: Membership,
    now: datetime,
    weights: list[Worth],
    scores: list[int],
) -> None:
    with session.begin_nested() as example:
        uncapped = [w for w in weights if w.daily_cap is None]
        save_weights(session, ada.context, uncapped)
        quiz = item_of(session, ada)
        best = graded(ada, quiz, max(scores), occurred_at=now)
        record(session, [best], now, environment=False)
        once = points(session, ada)

        attempts = [
            graded(
                ada,
                quiz,
                score,
                occurred_at=now - timedelta(hours=len(scores) - number),
                attempt=str(number),
            )
            for number, score in enumerate(scores)
        ]
        record(session, attempts, now, environment=False)
        kept = points(session, ada)
        rebuild(session, ada.context, now)

        assert kept == points(session, ada) == once
        example.rollback()
    session.expire_all()


@PROPERTY
@given(
    weights=WEIGHTS,
    kind=st.sampled_from(["submitted", "completed"]),
    attempts=st.lists(st.text("ab1", max_size=3), min_size=1, max_size=4),
)
def test_attempts_that_a_program_counts_give_nothing_new(
    app: OpenAPI,
    session: Session,
    ada: Membership,
    now: datetime,
    weights: list[Worth],
    kind: str,
    attempts: list[str],
) -> None:
    done = Event(
        user=ada.user.public_id, kind=kind, occurred_at=now, item="quiz-1", attempt="1"
    )
    with session.begin_nested() as example, app.app_context():
        save_weights(session, ada.context, weights)
        take_in(session, ada.context, [(0, done)], now)
        once = points(session, ada)

        again = [replace(done, attempt=attempt) for attempt in attempts]
        taken = take_in(session, ada.context, list(enumerate(again)), now)

        assert (taken.refused, points(session, ada)) == ([], once)
        example.rollback()
    session.expire_all()
