"""What a course may change of an experiment: all of it at first, then what harms none."""

from datetime import datetime

import pytest
from sqlalchemy.orm import Session

from gamification.experiments import (
    ExperimentRefused,
    NotNow,
    Wish,
    experiments_of,
    save,
    variant_of,
    wish_of,
)
from gamification.experiments.planning import MOST_EXPERIMENTS
from tests.factories import a_context, a_member
from tests.support.experiments import HALVES, an_experiment


@pytest.mark.parametrize(
    ("kind", "weights", "said"),
    [
        ("colours", HALVES, "kind: an experiment is about board_form, badge_set, "),
        ("messages", {"a": 1}, "variants: an experiment compares two"),
        ("messages", {str(n): 1 for n in range(21)}, "variants: .* up to 20"),
        ("messages", {"a": 0, "b": 0}, "variants: .* add up to 1 to 100"),
        ("messages", {"a": 51, "b": 50}, "variants: .* add up to 1 to 100"),
        ("messages", {"a": -1, "b": 50}, "variants: .* none is below 0"),
    ],
)
def test_what_compares_nothing_is_refused(
    session: Session, now: datetime, kind: str, weights: dict[str, int], said: str
) -> None:
    context = a_context(session)

    with pytest.raises(ExperimentRefused, match=said):
        save(session, context, Wish("key", kind, weights), now)

    assert experiments_of(session, context.id) == []


def test_until_somebody_is_assigned_all_of_it_may_change(
    session: Session, now: datetime
) -> None:
    context = a_context(session)
    an_experiment(session, context, now)

    changed = Wish("board", "messages", {"b": 30, "c": 70})
    answers = [save(session, context, changed, now) for _ in range(2)]

    (found,) = experiments_of(session, context.id)
    assert answers == [True, False]
    assert (found.kind, found.state) == ("messages", "on")
    assert found.variants == {"b": 30, "c": 70}


@pytest.mark.parametrize("state", ["on", "off"])
@pytest.mark.parametrize(
    ("changed", "said"),
    [
        (Wish("board", "messages", HALVES), "kind: .* it stays board_form"),
        (Wish("board", "board_form", {"a": 1, "c": 1}), "variants: .* b cannot go"),
    ],
)
def test_once_somebody_is_assigned_kind_and_variants_stay(
    session: Session, now: datetime, state: str, changed: Wish, said: str
) -> None:
    ada = a_member(session)
    experiment = an_experiment(session, ada.context, now)
    variant_of(session, experiment, ada, now)
    experiment.state = state
    before = experiments_of(session, ada.context_id)

    with pytest.raises(NotNow, match=said):
        save(session, ada.context, changed, now)

    assert experiments_of(session, ada.context_id) == before


def test_a_variant_without_weight_takes_no_newcomers(
    session: Session, now: datetime
) -> None:
    context = a_context(session)
    experiment = an_experiment(session, context, now)
    ada = a_member(session, of=context)
    hers = variant_of(session, experiment, ada, now)
    weights = {key: 0 if key == hers else 1 for key in HALVES}

    assert save(session, context, Wish("board", "board_form", weights), now)

    people = [a_member(session, of=context) for _ in range(6)]
    assert hers not in {variant_of(session, experiment, one, now) for one in people}
    assert variant_of(session, experiment, ada, now) == hers


@pytest.mark.parametrize(
    ("before", "after", "begun", "may"),
    [
        ("off", "on", False, True),
        ("off", "on", True, True),
        ("on", "off", True, True),
        ("on", "ended", False, True),
        ("on", "ended", True, True),
        ("off", "ended", True, True),
        ("off", "ended", False, False),
        ("ended", "on", True, False),
        ("ended", "off", False, False),
    ],
)
def test_it_is_begun_and_paused_and_ends_once(
    session: Session, now: datetime, before: str, after: str, begun: bool, may: bool
) -> None:
    ada = a_member(session)
    experiment = an_experiment(session, ada.context, now)
    if begun:
        variant_of(session, experiment, ada, now)
    experiment.state = before

    try:
        done = save(session, ada.context, wish_of(session, experiment, after), now)
    except NotNow:
        done = False

    assert (done, experiment.state) == (may, after if may else before)


def test_what_has_ended_stays_to_the_weight(session: Session, now: datetime) -> None:
    context = a_context(session)
    experiment = an_experiment(session, context, now, state="ended")

    same = save(session, context, Wish("board", "board_form", HALVES), now)
    with pytest.raises(NotNow, match="another one, with another key"):
        save(session, context, Wish("board", "board_form", {"a": 2, "b": 1}), now)

    assert (same, experiment.state) == (False, "ended")


def test_nothing_begins_as_ended(session: Session, now: datetime) -> None:
    context = a_context(session)

    with pytest.raises(NotNow, match="state: it is not on"):
        save(session, context, Wish("m", "messages", HALVES, "ended"), now)


def test_a_course_has_so_many_experiments_and_another_one_as_many(
    session: Session, now: datetime
) -> None:
    course, another = a_context(session), a_context(session)
    for number in range(MOST_EXPERIMENTS):
        save(session, course, Wish(f"m{number}", "messages", HALVES), now)

    with pytest.raises(NotNow, match="50 experiments at most"):
        save(session, course, Wish("more", "messages", HALVES), now)

    assert save(session, course, Wish("m1", "messages", {"a": 2, "b": 1}), now)
    assert save(session, another, Wish("more", "messages", HALVES), now)
