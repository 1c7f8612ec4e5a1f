import pytest

from gamification.standings import Milestone, next_milestone


@pytest.mark.parametrize(
    ("points", "milestone"),
    [
        (0, Milestone(at=10, reached=0, points_needed=10, percent=0)),
        (9, Milestone(at=10, reached=0, points_needed=1, percent=90)),
        (10, Milestone(at=25, reached=10, points_needed=15, percent=0)),
        (999, Milestone(at=1000, reached=700, points_needed=1, percent=99)),
        (1000, Milestone(at=1500, reached=1000, points_needed=500, percent=0)),
        (7_777, Milestone(at=8000, reached=7500, points_needed=223, percent=55)),
    ],
)
def test_there_is_always_a_next_milestone(points: int, milestone: Milestone) -> None:
    assert next_milestone(points) == milestone
