import pytest

from gamification.catalog import Criterion
from gamification.catalog.rules import BadRule
from gamification.metrics import METRICS, POINT


@pytest.mark.parametrize("metric", METRICS)
def test_a_criterion_survives_the_database(metric: str) -> None:
    criterion = Criterion.flat(metric, 5)

    assert Criterion.from_json(criterion.to_json()) == criterion


@pytest.mark.parametrize("groups", [1, 2, 5])
def test_groups_of_one_part_are_that_part_however_often_it_is_read(groups: int) -> None:
    rule: dict[str, object] = {"badge": "first"}
    for _ in range(groups):
        rule = {"all": [rule]}

    criterion = Criterion.from_json(rule)

    assert criterion.to_document() == {"badge": "first"}
    assert Criterion.from_json(criterion.to_json()) == criterion


def test_a_rule_of_another_kind_is_an_error_and_not_a_badge_for_everybody() -> None:
    with pytest.raises(BadRule, match="it is empty"):
        Criterion.from_json({"all": []})
    with pytest.raises(BadRule, match="there is no metric 'charm'"):
        Criterion.from_json({"metric": "charm", "at_least": 1})


@pytest.mark.parametrize(
    ("criterion", "sentence"),
    [
        (Criterion.flat("score", 25), "Earn 25 points"),
        (Criterion.flat("score", 1), "Earn 1 point"),
        (Criterion.flat("events", 1), "Contribute once"),
        (Criterion.flat("events", 2), "Contribute 2 times"),
        (Criterion.flat("authored", 5), "Hand in or post 5 different pieces of work"),
        (Criterion.flat("active_days", 5), "Be active on 5 different days"),
        (Criterion.flat("completed", 1), "Complete 1 activity"),
        (Criterion.flat("time_spent", 1800), "Spend 30 minutes"),
        (Criterion.flat("time_spent", 1), "Spend 1 second"),
        (Criterion.flat("time_spent", 90061), "Spend 25 hours 1 minute 1 second"),
    ],
)
def test_a_criterion_reads_as_a_sentence(criterion: Criterion, sentence: str) -> None:
    assert criterion.sentence == sentence


def test_progress_is_whole_rounded_down_and_never_past_the_end() -> None:
    criterion = Criterion.flat("score", 25)

    values = (0, POINT - 1, 25 * POINT - 1, 25 * POINT, 900 * POINT)

    assert [criterion.progress(value) for value in values] == [0, 0, 24, 25, 25]
    assert [criterion.percent(value) for value in values] == [0, 3, 99, 100, 100]


def test_a_hundred_percent_is_met_and_only_met() -> None:
    criterion = Criterion.flat("score", 1_000_000_000)

    assert criterion.percent(criterion.needed - 1) == 99
    assert criterion.percent(criterion.needed) == 100
