import pytest

from lti.members import Leavers, are_believable


@pytest.mark.parametrize(
    ("leaving", "known", "believed"),
    [
        (0, 100, True),
        (30, 100, True),
        (31, 100, False),
        (4, 5, True),
        (5, 16, False),
        (5, 17, True),
        (1, 1, True),
    ],
)
def test_more_than_three_in_ten_leave_only_by_a_humans_word(
    *, leaving: int, known: int, believed: bool
) -> None:
    leavers = Leavers(tuple(range(leaving)), known)

    assert are_believable(leavers, present={"somebody"}) is believed


@pytest.mark.parametrize("known", [1, 4, 100])
def test_an_empty_roster_never_empties_a_course(known: int) -> None:
    assert not are_believable(Leavers(tuple(range(known)), known), present=set())


def test_an_empty_roster_of_an_empty_course_is_believed() -> None:
    assert are_believable(Leavers((), 0), present=set())
