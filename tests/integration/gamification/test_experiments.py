"""Variants: shares that are exact, answers that stay, and nothing while it is off."""

from collections import Counter
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from gamification.experiments import (
    OwnVariant,
    Share,
    Wish,
    assigned,
    experiments_of,
    save,
    variant_of,
    variants_for,
)
from models import Exposure, VariantAssignment
from tests.factories import a_context, a_member
from tests.support.experiments import HALVES, an_experiment, made

DAY = timedelta(days=1)


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
    experiment = made(session, a_context(session), Wish("m", "messages", HALVES), now)

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

    wish = Wish("board", "board_form", {**HALVES, "c": 98})
    assert save(session, context, wish, now)
    after = [variant_of(session, experiment, one, now) for one in people]
    newcomers = [a_member(session, of=context) for _ in range(12)]
    seen = {variant_of(session, experiment, one, now) for one in newcomers}

    assert before == after
    assert "c" in seen


def test_staff_read_how_many_have_a_variant_those_who_left_included(
    session: Session, now: datetime
) -> None:
    ada = a_member(session)
    experiment = an_experiment(session, ada.context, now)
    elsewhere = a_member(session)
    theirs = an_experiment(session, elsewhere.context, now)
    seen = [
        variant_of(session, experiment, member, now + DAY * days)
        for days in range(2)
        for member in (ada, ada)
    ]
    variant_of(session, theirs, elsewhere, now)
    ada.status, ada.left_at = "left", now
    session.flush()

    (found,) = experiments_of(session, ada.context_id, "board")

    (variant,) = {str(one) for one in seen}
    none = {"a": 0, "b": 0}
    assert found.people == {**none, variant: 1}
    assert experiments_of(session, ada.context_id, "other") == []


def test_what_one_would_see_is_told_and_not_written(
    session: Session, now: datetime
) -> None:
    ada = a_member(session)
    experiment = an_experiment(session, ada.context, now)
    for state in ("off", "ended"):
        wish = Wish(state, "messages", HALVES)
        made(session, ada.context, wish, now).state = state
    an_experiment(session, a_context(session), now)

    told = variants_for(session, ada)

    assert session.scalars(sa.select(VariantAssignment)).all() == []
    variant = variant_of(session, experiment, ada, now)
    assert told == [OwnVariant("board", "board_form", str(variant))]
    # What was seen first stays, whatever it would be now.
    left = {key: 0 if key == variant else 1 for key in HALVES}
    save(session, ada.context, Wish("board", "board_form", left), now)
    assert variants_for(session, ada) == told
