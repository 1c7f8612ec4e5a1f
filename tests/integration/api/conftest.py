from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from gamification.standings import set_consent
from models import Award, Badge, Context, Delivery, Membership
from tests.factories import a_badge, a_context, a_member
from tests.support.awarding import an_award
from tests.support.clock import NOW
from tests.support.launches import Caller, a_caller, a_live_course, hand_in_all
from tests.support.webhooks import a_delivery, a_webhook


def a_board(session: Session, people: int = 6, **columns: Any) -> list[Membership]:  # noqa: ANN401 -- any column of the course
    """Build a course whose learners joined the board; each one has more points."""
    course = a_live_course(session, board_enabled=True, **columns)
    members = [
        a_member(session, of=course, name=f"Name {n}", alias=f"Alias {n}")
        for n in range(people)
    ]
    hand_in_all(session, [(member, n) for n, member in enumerate(members, 1)])
    for member in members:
        set_consent(session, member, NOW, joined=True)
    session.flush()
    return members


def rows_of(caller: Caller, query: str = "") -> list[dict[str, Any]]:
    answer = caller.get(f"{caller.course}/leaderboard{query}").json
    assert answer is not None
    items: list[dict[str, Any]] = answer["items"]
    return items


@pytest.fixture
def course(session: Session) -> Context:
    course = a_context(session)
    a_badge(session, of=course, key="helper")
    return course


@pytest.fixture
def ada(session: Session, course: Context) -> Membership:
    ada = a_member(session, of=course, name="Ada")
    session.commit()
    return ada


@pytest.fixture
def teacher(session: Session, client: FlaskClient, course: Context) -> Caller:
    iris = a_member(session, of=course, name="Iris", role="instructor")
    iris.user.public_id = "iris"
    return a_caller(session, client, member=iris, role="instructor")


def helper_for(ada: Membership, **named: object) -> dict[str, object]:
    return {"badge": "helper", "user": ada.user.public_id, **named}


def awards(session: Session) -> list[Award]:
    session.rollback()
    query = sa.select(Award).order_by(Award.id)
    return list(session.scalars(query.execution_options(populate_existing=True)))


@pytest.fixture
def delivery(session: Session, ada: Membership) -> Delivery:
    """Return what a webhook was told of Ada, and is to be told again."""
    badge = session.scalars(
        sa.select(Badge).where(Badge.context_id == ada.context_id)
    ).one()
    webhook = a_webhook(session, ada.context.tenant, "the-webhook")
    made = a_delivery(session, webhook, an_award(session, ada, badge), "the-delivery")
    session.commit()
    return made
