from typing import Any

from sqlalchemy.orm import Session

from gamification.standings import set_consent
from models import Membership
from tests.factories import a_member
from tests.support.clock import NOW
from tests.support.launches import Caller, a_live_course, hand_in


def a_board(session: Session, people: int = 6, **columns: Any) -> list[Membership]:  # noqa: ANN401 -- any column of the course
    """Build a course whose learners joined the board; each one has more points."""
    course = a_live_course(session, board_enabled=True, **columns)
    members = [
        a_member(session, of=course, name=f"Name {n}", alias=f"Alias {n}")
        for n in range(people)
    ]
    for n, member in enumerate(members, 1):
        hand_in(session, member, times=n)
        set_consent(session, member, NOW, joined=True)
    session.flush()
    return members


def rows_of(caller: Caller, query: str = "") -> list[dict[str, Any]]:
    answer = caller.get(f"{caller.course}/leaderboard{query}").json
    assert answer is not None
    items: list[dict[str, Any]] = answer["items"]
    return items
