from datetime import date

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from models import Badge, Context, Membership
from tests.factories import a_context, a_member, an_item
from tests.support.awarding import an_award
from tests.support.copying import own, teaching
from tests.support.launches import Caller

QUICK = {"metric": "percent", "item": "quiz-1", "more_than": 90, "by": "2026-03-31"}
WINDOW = {"metric": "score", "at_least": 5, "from": "2026-03-01", "to": "2026-03-07"}


@pytest.fixture
def old(session: Session) -> Context:
    """Build a course that ran in spring, with badges of its own and people."""
    old = a_context(
        session,
        title="Botany in spring",
        board_enabled=True,
        board_rank="hidden",
        term_start=date(2026, 3, 1),
    )
    an_item(session, of=old, key="quiz-1").label = "Quiz 1"
    own(session, old, "quick", criterion=QUICK)
    own(session, old, "early", criterion=WINDOW)
    own(session, old, "helper", threshold=25)
    ada = a_member(session, of=old, name="Ada", board_consent=True)
    helper = session.scalars(sa.select(Badge).filter_by(key="helper")).one()
    an_award(session, ada, helper)
    return old


@pytest.fixture
def new(session: Session, old: Context) -> Context:
    """Build the course of the next term: off, as every course begins."""
    new = a_context(
        session,
        registration=old.registration,
        enabled=False,
        title="Botany in autumn",
        term_start=date(2026, 10, 1),
    )
    item = an_item(session, of=new, key="q1")
    item.label = "Quiz 1"
    return new


@pytest.fixture
def iris(session: Session, old: Context) -> Membership:
    return a_member(session, of=old, name="Iris", role="instructor")


@pytest.fixture
def teacher(
    session: Session, client: FlaskClient, new: Context, iris: Membership
) -> Caller:
    return teaching(session, client, new, iris.user)
