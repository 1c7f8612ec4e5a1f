from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from lti.arrival import Gate, arrive
from models import Base, Context, Deployment, Membership, ResourceLink, User
from models.locks import begin_write
from tests.factories import a_registration
from tests.integration.lti.test_launch_arrival import LAUNCH


def all_at_once(
    engine: sa.Engine, session: Session, subs: list[str], now: datetime
) -> None:
    """Let these people launch for the first time, in the same moment."""
    gate = Gate(registration_id=a_registration(session).id, development=False)
    session.commit()

    def come(sub: str) -> None:
        with Session(engine) as own:
            begin_write(own)
            arrive(own, replace(LAUNCH, sub=sub), gate, now)
            own.commit()

    with ThreadPoolExecutor(max_workers=len(subs)) as threads:
        list(threads.map(come, subs))


def counted(session: Session, model: type[Base]) -> int | None:
    return session.scalar(sa.select(sa.func.count()).select_from(model))


def test_a_class_that_comes_at_once_makes_one_course(
    engine: sa.Engine, session: Session, now: datetime
) -> None:
    all_at_once(engine, session, [f"learner-{n}" for n in range(8)], now)

    assert counted(session, Deployment) == 1
    assert counted(session, Context) == 1
    assert counted(session, ResourceLink) == 1
    assert (counted(session, User), counted(session, Membership)) == (8, 8)


def test_a_person_in_eight_tabs_is_one_person(
    engine: sa.Engine, session: Session, now: datetime
) -> None:
    all_at_once(engine, session, ["ada"] * 8, now)

    assert (counted(session, User), counted(session, Membership)) == (1, 1)
