"""Random rules of every kind, and random acts that they look at."""

from datetime import date
from typing import Any

from hypothesis import strategies as st

KEYS = ["quiz-0", "quiz-1", "quiz-2", "nowhere"]
PEOPLE = 2
TERM = (date(2026, 11, 14), date(2026, 11, 21))
"""The course's term: it was over yesterday, and acts lie on both sides of it."""
PREREQUISITES: dict[str, dict[str, Any]] = {
    "first": {"metric": "events", "at_least": 1},
    "second": {
        "all": [{"badge": "first"}, {"metric": "completed", "at_least": 1}],
    },
}
"""The rules of badges that others ask for, in the order in which they are given."""
SETS = {"unit-1": ["quiz-0", "quiz-1"], "unit-2": ["quiz-2"], "empty": []}

ITEMS = st.lists(st.sampled_from(KEYS), min_size=1, max_size=3, unique=True)
SCOPES: st.SearchStrategy[dict[str, Any]] = st.one_of(
    st.fixed_dictionaries({"items": ITEMS}),
    st.fixed_dictionaries({"item_set": st.sampled_from([*SETS, "nowhere"])}),
)
WINDOWS: st.SearchStrategy[dict[str, Any]] = st.sampled_from(
    [
        {},
        {},
        {"last_days": 2},
        {"period": "week"},
        {"period": "month"},
        {"period": "term"},
        {"from": "2026-11-20"},
        {"to": "2026-11-20"},
        {"by": "2026-11-21"},
        {"on_time": True},
    ]
)
NUMBERS = st.integers(-1, 4)
GROWING = st.one_of(
    st.fixed_dictionaries({"at_least": NUMBERS}),
    st.fixed_dictionaries({"more_than": NUMBERS}),
)
SHRINKING = st.one_of(
    st.fixed_dictionaries({"at_most": NUMBERS}),
    st.fixed_dictionaries(
        {"between": st.tuples(st.integers(-1, 2), st.integers(2, 5)).map(list)}
    ),
)
PERCENTS = st.sampled_from([-0.5, 0, 50, 66.66, 66.67, 80, 90, 100])
SPANS = st.tuples(PERCENTS, PERCENTS).map(sorted)
ANYWHERE: st.SearchStrategy[dict[str, Any]] = st.just({})


def counts(compared: st.SearchStrategy[dict[str, Any]]) -> Any:  # noqa: ANN401 -- a strategy
    metric = st.sampled_from(
        ["score", "events", "authored", "active_days", "completed", "time_spent"]
    )
    scope = st.one_of(ANYWHERE, SCOPES)
    return st.tuples(
        st.fixed_dictionaries({"metric": metric}), scope, compared, WINDOWS
    ).map(merged)


def merged(parts: tuple[dict[str, Any], ...]) -> dict[str, Any]:
    return {name: value for part in parts for name, value in part.items()}


def results(names: list[str]) -> Any:  # noqa: ANN401 -- a strategy
    compared = st.one_of(
        *(st.fixed_dictionaries({name: PERCENTS}) for name in names),
        st.fixed_dictionaries({"between": SPANS}),
    )
    metric = st.sampled_from(["percent", "average_percent"])
    return st.tuples(
        st.fixed_dictionaries({"metric": metric}), SCOPES, compared, WINDOWS
    ).map(merged)


DONE = st.tuples(
    st.fixed_dictionaries(
        {
            "metric": st.sampled_from(["completed", "authored", "events"]),
            "of": st.just(1),
        }
    ),
    SCOPES,
    WINDOWS,
).map(merged)
CAPPED = st.tuples(
    st.fixed_dictionaries({"metric": st.sampled_from(["events", "completed"])}),
    st.one_of(ANYWHERE, SCOPES),
    st.one_of(GROWING, SHRINKING),
    st.one_of(
        *(
            st.fixed_dictionaries({name: st.integers(1, 2)})
            for name in ("per_day", "per_item")
        )
    ),
    WINDOWS,
).map(merged)
STREAKS = st.tuples(
    st.just({"metric": "streak_weeks"}),
    st.one_of(ANYWHERE, ANYWHERE, SCOPES),
    st.one_of(GROWING, GROWING, SHRINKING),
    WINDOWS,
).map(merged)
LEAVES = st.one_of(
    counts(GROWING),
    counts(SHRINKING),
    results(["at_least", "more_than", "at_most"]),
    DONE,
    CAPPED,
    STREAKS,
    st.fixed_dictionaries({"badge": st.sampled_from([*PREREQUISITES, "nowhere"])}),
)
TREES = st.recursive(
    LEAVES,
    lambda parts: st.one_of(
        *(
            st.fixed_dictionaries({group: st.lists(parts, min_size=1, max_size=3)})
            for group in ("all", "any", "none")
        )
    ),
    max_leaves=5,
)
ACTS = st.fixed_dictionaries(
    {
        "member": st.integers(0, PEOPLE - 1),
        "item": st.integers(0, 2),
        "kind": st.sampled_from(
            ["submitted", "posted", "completed", "graded", "spent"]
        ),
        "status": st.sampled_from(["normal", "normal", "late", "excused"]),
        "day": st.sampled_from([0, 1, 2, 3, 8, 22, 40]),
        "attempt": st.integers(0, 1),
        "score": st.sampled_from([0, 1, 2, 3, 4]),
        "maximum": st.sampled_from([0, 3, 4, 5]),
        "seconds": st.sampled_from([None, 0, 1, 2, 3]),
    }
)
