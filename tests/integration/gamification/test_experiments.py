"""Variants: shares that are exact, answers that stay, and nothing while it is off."""

from collections import Counter
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from gamification.experiments import Share, add_variant, assigned, plan, variant_of
from models import Context, Experiment, Exposure, VariantAssignment
from tests.factories import a_context, a_member

DAY = timedelta(days=1)


def an_experiment(
    session: Session, of: Context, now: datetime, *, state: str = "on"
) -> Experiment:
    experiment = plan(session, of, ("board", "board_form"), {"a": 1, "b": 1}, now)
    experiment.state = state
    return experiment


@pytest.mark.parametrize(
    "weights", [{"a": 1, "b": 1}, {"a": 70, "b": 30}, {"a": 5, "b": 3, "c": 2}]
)
@pytest.mark.parametrize("salt", ["one", "two"])
def test_of_ten_thousand_people_each_variant_gets_its_share_to_the_head(
    weights: dict[str, int], salt: str
) -> None:
    shares = [Share(*one) for one in weights.items()]
    total = sum(weights.values())

    seen = Counter(assigned(salt, one, shares) for one in range(10_000))

    assert seen == {name: 10_000 * part // total for name, part in weights.items()}


def test_from_anywhere_a_share_is_off_by_less_than_a_round() -> None:
    shares = [Share("a", 7), Share("b", 3)]

    seen = Counter(assigned("salt", one, shares) for one in range(13, 13 + 10_004))

    assert abs(seen["a"] * 10 - 7 * 10_004) < 10 * 10
    assert sum(seen.values()) == 10_004


def test_a_variant_hangs_on_the_salt_and_on_nothing_else() -> None:
    shares = [Share("a", 1), Share("b", 1)]

    def division(salt: str) -> list[str]:
        return [assigned(salt, one, shares) for one in range(200)]

    assert division("one") == division("one")
    assert division("one") != division("two")


@pytest.mark.parametrize("weights", [[], [0, 0], [60, 41], [-1, 5]])
def test_weights_that_are_no_shares_are_refused(weights: list[int]) -> None:
    shares = [Share(str(number), weight) for number, weight in enumerate(weights)]

    with pytest.raises(ValueError, match="1 to 100"):
        assigned("salt", 1, shares)


@pytest.mark.parametrize("state", ["off", "ended"])
def test_nobody_sees_a_variant_unless_it_is_on(
    session: Session, now: datetime, state: str
) -> None:
    ada = a_member(session)
    experiment = an_experiment(session, ada.context, now, state=state)

    assert variant_of(session, experiment, ada, now) is None
    assert session.scalars(sa.select(VariantAssignment)).all() == []
    assert session.scalars(sa.select(Exposure)).all() == []


def test_an_experiment_begins_off(session: Session, now: datetime) -> None:
    experiment = plan(
        session, a_context(session), ("m", "messages"), {"a": 1, "b": 1}, now
    )

    assert experiment.state == "off"


def test_nobody_of_another_course_sees_it(session: Session, now: datetime) -> None:
    experiment = an_experiment(session, a_context(session), now)

    assert variant_of(session, experiment, a_member(session), now) is None


def test_a_member_is_assigned_once_and_noted_once_a_day(
    session: Session, now: datetime
) -> None:
    ada = a_member(session)
    experiment = an_experiment(session, ada.context, now)

    seen = {
        variant_of(session, experiment, ada, now + hours)
        for hours in (timedelta(), timedelta(hours=1), DAY)
    }

    (variant,) = seen
    (assignment,) = session.scalars(sa.select(VariantAssignment))
    assert (assignment.variant, assignment.assigned_at) == (variant, now)
    days = session.scalars(sa.select(Exposure.day).order_by(Exposure.day)).all()
    assert days == [now.date(), (now + DAY).date()]


def test_the_day_is_the_courses_day(session: Session, now: datetime) -> None:
    context = a_context(session, time_zone="Pacific/Kiritimati")
    experiment = an_experiment(session, context, now)

    variant_of(session, experiment, a_member(session, of=context), now)

    assert session.scalars(sa.select(Exposure.day)).all() == [(now + DAY).date()]


def test_another_variant_moves_nobody_who_is_assigned(
    session: Session, now: datetime
) -> None:
    context = a_context(session)
    experiment = an_experiment(session, context, now)
    people = [a_member(session, of=context) for _ in range(12)]
    before = [variant_of(session, experiment, one, now) for one in people]

    add_variant(session, experiment, "c", 98)
    after = [variant_of(session, experiment, one, now) for one in people]
    newcomers = [a_member(session, of=context) for _ in range(12)]
    seen = {variant_of(session, experiment, one, now) for one in newcomers}

    assert before == after
    assert "c" in seen


@pytest.mark.parametrize(
    ("kind", "weights"),
    [
        ("colours", {"a": 1, "b": 1}),
        ("messages", {"a": 1}),
        ("messages", {"a": 0, "b": 0}),
    ],
)
def test_a_plan_that_compares_nothing_is_refused(
    session: Session, now: datetime, kind: str, weights: dict[str, int]
) -> None:
    with pytest.raises(ValueError, match=r"about|two|1 to 100"):
        plan(session, a_context(session), ("key", kind), weights, now)
