"""What each page and list costs in statements: the same for one row and for many."""

import pytest
from flask.testing import FlaskClient
from flask_openapi3.openapi import OpenAPI
from sqlalchemy.orm import Session

from tests.factories import a_badge, a_member
from tests.support.experiments import a_running_experiment
from tests.support.launches import Caller, a_caller, a_live_course, hand_in
from tests.support.statements import statements

GUARD = 1
"""Finding the session, with the course, the person and the platform, is one."""
COSTS = {
    "/api/me/badges": GUARD + 1,
    "/api/v1/me": GUARD,
    "/api/v1/me/standing": GUARD + 2,  # where there is a board, the percentile
    "/api/v1/me/variants": GUARD + 1,
    "{course}/badge-documents": GUARD + 1,
    "{course}/badges": GUARD + 1,
    "{course}/digest": GUARD + 2,
    "{course}/digest?weeks=60": GUARD + 2,
    "{course}/experiments": GUARD + 1,
    "{course}/written-badges": GUARD + 1,
    "{course}/experiments/board-0": GUARD + 1,
    "{course}/groups": GUARD + 1,
    "{course}/leaderboard": GUARD + 2,
    "{course}/lists": GUARD + 3,
    "{course}/members": GUARD + 1,
    "{course}/members?sort=points": GUARD + 1,
    "{course}/settings": GUARD,
    "{course}/sync": GUARD + 2,
    "/panel/badges": GUARD + 2,
    "/panel/badges/author": GUARD + 2,
    "/panel/class": GUARD + 1,
    "/panel/leaderboard": GUARD + 2,
    "/panel/manage": GUARD + 5,  # two of them are the week's digest
}


@pytest.mark.parametrize("rows", [1, 3])
def test_a_page_costs_the_same_for_one_row_and_for_three(
    rows: int, app: OpenAPI, client: FlaskClient, session: Session
) -> None:
    course = a_live_course(
        session,
        board_enabled=True,
        board_participation="all",
        board_lists=True,
        memberships_url="https://lms.example/members",
        lineitems_url="https://lms.example/items",
    )
    for number in range(rows):
        a_badge(session, of=course, threshold=number + 1)
        a_running_experiment(session, course, f"board-{number}")
        # The board opens for five.
        for _ in range(5):
            hand_in(session, a_member(session, of=course), times=1)
    teacher = a_caller(session, client, of=course, role="instructor")
    learner = a_caller(session, client, of=course)

    assert {path: cost(app, teacher, path) for path in COSTS} == COSTS
    assert cost(app, learner, "/panel/overview") == GUARD + 4
    assert cost(app, learner, "/panel/badges/author") == GUARD + 3
    assert cost(app, learner, "/panel/leaderboard") == GUARD + 2


def cost(app: OpenAPI, caller: Caller, path: str) -> int:
    with statements(app) as sent:
        answer = caller.get(path.format(course=caller.course))
    assert answer.status_code == 200
    return len(sent)
