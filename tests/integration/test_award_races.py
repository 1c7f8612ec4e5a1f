"""Twenty who decide at the same moment: one award, one event, one line in the audit."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa
from flask_openapi3.openapi import OpenAPI
from sqlalchemy.orm import Session

from gamification.activity import Fact, record
from models import Award, Membership
from models.locks import begin_write, retried
from tests.factories import a_badge, a_context, a_member
from tests.support.awarding import an_award, noted, told
from tests.support.clock import NOW
from tests.support.launches import Caller, a_caller

AT_ONCE = 20


def teachers(app: OpenAPI, session: Session, ada: Membership) -> list[Caller]:
    return [
        a_caller(session, app.test_client(), of=ada.context, role="instructor")
        for _ in range(AT_ONCE)
    ]


@pytest.mark.parametrize("headers", [{}, {"Idempotency_Key": "one"}])
def test_twenty_who_give_the_same_badge_make_one_award(
    app: OpenAPI, session: Session, headers: dict[str, str]
) -> None:
    ada = a_member(session)
    badge = a_badge(session, of=ada.context)
    body = {"badge": badge.key, "user": ada.user.public_id}
    callers = teachers(app, session, ada)

    def grant(teacher: Caller) -> tuple[int, str]:
        path = f"{teacher.course}/awards"
        answer = teacher.send("POST", path, body, **headers)
        assert answer.json is not None
        return answer.status_code, answer.json["id"]

    with ThreadPoolExecutor(max_workers=AT_ONCE) as threads:
        answers = list(threads.map(grant, callers))

    session.rollback()
    (award,) = session.scalars(sa.select(Award))
    assert Counter(answers) == {
        (201, award.public_id): 1,
        (200, award.public_id): AT_ONCE - 1,
    }
    assert (len(told(session)), len(noted(session))) == (1, 1)


def test_one_teacher_who_sends_a_grant_twenty_times_is_answered_once(
    app: OpenAPI, session: Session
) -> None:
    ada = a_member(session)
    badge = a_badge(session, of=ada.context)
    body = {"badge": badge.key, "user": ada.user.public_id}
    iris = a_member(session, of=ada.context, role="instructor")
    callers = [
        a_caller(session, app.test_client(), member=iris, role="instructor")
        for _ in range(AT_ONCE)
    ]

    def grant(teacher: Caller) -> int:
        path = f"{teacher.course}/awards"
        return teacher.send("POST", path, body, Idempotency_Key="one").status_code

    with ThreadPoolExecutor(max_workers=AT_ONCE) as threads:
        answers = list(threads.map(grant, callers))

    session.rollback()
    assert answers == [201] * AT_ONCE
    assert len(session.scalars(sa.select(Award)).all()) == 1


def test_a_teacher_and_a_rule_at_once_make_one_award(
    app: OpenAPI, engine: sa.Engine, session: Session
) -> None:
    ada = a_member(session)
    badge = a_badge(session, of=ada.context, metric="events", threshold=1)
    body = {"badge": badge.key, "user": ada.user.public_id}
    fact = Fact(
        context_id=ada.context_id,
        membership_id=ada.id,
        kind="submitted",
        occurred_at=NOW,
        source="test",
    )
    callers = teachers(app, session, ada)[:4]

    def grant(teacher: Caller) -> None:
        teacher.send("POST", f"{teacher.course}/awards", body)

    def earn() -> None:
        with Session(engine) as own:

            def work() -> None:
                begin_write(own)
                record(own, [fact], NOW, environment=True)
                own.commit()

            retried(own, work)

    with ThreadPoolExecutor() as threads:
        earning = threads.submit(earn)
        list(threads.map(grant, callers))
        earning.result()

    session.rollback()
    assert len(session.scalars(sa.select(Award)).all()) == 1
    assert [kind for kind, *_ in told(session) if kind == "award"] == ["award"]


def test_of_twenty_who_change_what_they_read_one_wins(
    app: OpenAPI, session: Session
) -> None:
    ada = a_member(session, of=a_context(session))
    award = an_award(session, ada, a_badge(session, of=ada.context))
    callers = teachers(app, session, ada)
    path = f"{callers[0].course}/awards/{award.public_id}"
    read = callers[0].get(path).headers["ETag"]

    def change(number: int) -> int:
        until = {"expires_at": f"2027-01-{number + 1:02}T00:00:00Z"}
        return callers[number].send("PUT", path, until, If_Match=read).status_code

    with ThreadPoolExecutor(max_workers=AT_ONCE) as threads:
        answers = list(threads.map(change, range(AT_ONCE)))

    session.rollback()
    session.refresh(award)
    assert Counter(answers) == {200: 1, 412: AT_ONCE - 1}
    assert award.expires_at is not None
    assert award.expires_at.day == answers.index(200) + 1
    assert [kind for kind, *_ in told(session)] == ["award", "award_renewed"]
