"""Which item is which in another course: whatever the two look like, never a guess."""

from dataclasses import replace
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from gamification.copying.mapping import Place, bindings

LINKS = ("a", "b", "c")


def _places(*, new: bool) -> st.SearchStrategy[list[Place]]:
    place = st.builds(
        Place,
        key=st.sampled_from("klmnopqr"),
        label=st.sampled_from(["", "Quiz", " quiz ", "Essay"]),
        type=st.sampled_from(["", "quiz"]),
        position=st.integers(0, 3),
        resource_id=st.sampled_from(["", "one", "two"]),
        link=st.sampled_from(["", *LINKS]),
        earlier=st.frozensets(st.sampled_from(LINKS)) if new else st.just(frozenset()),
    )
    return st.lists(place, max_size=6, unique_by=lambda one: one.key)


OLD, NEW = _places(new=False), _places(new=True)


def _is_alike(ours: Place, theirs: Place) -> bool:
    title = ours.label.strip().casefold()
    return (
        (ours.resource_id != "" and ours.resource_id == theirs.resource_id)
        or (ours.link != "" and ours.link in theirs.earlier)
        or (
            title != ""
            and (title, ours.type) == (theirs.label.strip().casefold(), theirs.type)
        )
    )


@given(OLD, NEW)
def test_no_item_is_bound_twice(old: list[Place], new: list[Place]) -> None:
    found = bindings(old, new)

    assert len(set(found.values())) == len(found)
    assert found.keys() <= {place.key for place in old}
    assert set(found.values()) <= {place.key for place in new}


@given(OLD, NEW)
def test_what_is_bound_has_something_in_common(
    old: list[Place], new: list[Place]
) -> None:
    ours, theirs = ({place.key: place for place in side} for side in (old, new))

    found = bindings(old, new)

    assert [
        pair for pair in found.items() if not _is_alike(ours[pair[0]], theirs[pair[1]])
    ] == []


@given(OLD, NEW, st.randoms())
def test_the_order_in_which_they_are_told_does_not_matter(
    old: list[Place],
    new: list[Place],
    chance: Random,
) -> None:
    before = bindings(old, new)
    shuffled = [list(old), list(new)]
    for side in shuffled:
        chance.shuffle(side)

    assert bindings(*shuffled) == before


@given(OLD)
def test_an_exact_copy_is_known_wherever_its_items_can_be_told_apart(
    old: list[Place],
) -> None:
    # Other keys, as another course gives them; nothing else is different.
    new = [replace(place, key=f"new-{place.key}", link="") for place in old]

    found = bindings(old, new)

    assert [key for key, other in found.items() if f"new-{key}" != other] == []
    signs = [(place.resource_id, place.position) for place in old]
    sure = [
        place
        for place, sign in zip(old, signs, strict=True)
        if place.resource_id and signs.count(sign) == 1
    ]
    assert {place.key for place in sure} <= found.keys()


@given(OLD, NEW)
def test_two_that_look_the_same_in_everything_stay_open(
    old: list[Place], new: list[Place]
) -> None:
    twins = [replace(place, key=f"{place.key}-twin") for place in new]

    assert bindings(old, [*new, *twins]) == {}
