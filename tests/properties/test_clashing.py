"""Of conditions on one number it is said that nobody meets them: then no number does."""

from collections.abc import Iterator, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gamification.catalog import Criterion
from gamification.catalog.linting import lint
from gamification.catalog.rules import All, Leaf, NoneOf, Prerequisite, Rule

EVENTS = {"metric": "events"}
PERCENT = {"metric": "percent", "item": "quiz-1"}
BOUND = st.integers(1, 6)
COMPARED = st.one_of(
    st.tuples(st.sampled_from(["at_least", "more_than", "at_most"]), BOUND),
    st.tuples(st.just("between"), st.lists(BOUND, min_size=2, max_size=2).map(sorted)),
)
NUMBERS: dict[str, tuple[dict[str, str], Sequence[float | None]]] = {
    "events": (EVENTS, range(9)),
    # Who has no result has no number; between two bounds there is always one.
    "percent": (PERCENT, [None, *(half / 2 for half in range(18))]),
}


@pytest.mark.parametrize("metric", NUMBERS)
@given(data=st.data())
def test_nobody_meets_what_no_number_meets_and_nothing_else(
    metric: str, data: st.DataObject
) -> None:
    scope, numbers = NUMBERS[metric]
    leaf = COMPARED.map(lambda compared: {**scope, compared[0]: compared[1]})
    some = st.lists(leaf, min_size=1, max_size=3)
    group = st.builds(lambda parts: {"all": parts}, some)
    choice = st.builds(lambda ways: {"any": ways}, some)
    ruled_out = st.lists(st.one_of(leaf, group, choice), min_size=1, max_size=3)
    none = st.builds(lambda parts: {"none": parts}, ruled_out)
    parts = st.lists(st.one_of(leaf, none), min_size=1, max_size=4)
    # Two choices are looked at one by one, and not what is left of both.
    ways = st.lists(st.one_of(leaf, group, none), min_size=1, max_size=3)
    choice = st.builds(lambda ways: {"any": ways}, ways)
    choices = data.draw(st.lists(choice, max_size=1))
    rule = {"all": [*data.draw(parts), *choices]}

    criterion = Criterion.from_json(rule)
    said = [one for one in lint(criterion) if one.startswith("Nobody")]

    # A group that clashes within itself is told of wherever it stands.
    groups = [one for one in within(criterion.rule) if isinstance(one, All)]
    groups.append(criterion.rule)
    is_nobodys = [not any(is_met(one, number) for number in numbers) for one in groups]
    assert bool(said) is any(is_nobodys), said


def within(rule: Rule) -> Iterator[Rule]:
    """Yield a rule and every part of it."""
    yield rule
    for part in () if isinstance(rule, Leaf | Prerequisite) else rule.parts:
        yield from within(part)


def is_met(rule: Rule, number: float | None) -> bool:
    """Tell whether somebody with this number, or with none, meets a rule of no badge."""
    if isinstance(rule, Leaf):
        return number is not None and rule.is_met_by(number)
    assert not isinstance(rule, Prerequisite)
    met = [is_met(part, number) for part in rule.parts]
    if isinstance(rule, NoneOf):
        return not any(met)
    return all(met) if isinstance(rule, All) else any(met)
