"""`POST …/sync` with `accept`: who may say it, of what, and what is no such word."""

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import AuditEntry, Outbox
from tests.factories import a_context
from tests.support.believing import CLEARED, KNOWN, LEAVERS, active, ask, words
from tests.support.launches import Caller, a_caller, a_live_course
from tests.support.syncing import Desk
from tests.support.waiting import work_off


def test_what_is_believed_of_scores_is_not_believed_of_people(
    cut: Desk, teacher: Caller, session: Session
) -> None:
    ask(teacher, CLEARED)
    said = words(session)
    work_off(cut.app)

    assert (said, words(session)) == (["results"], [])
    assert active(cut) == KNOWN


def test_who_believed_what_is_in_the_audit_by_their_id(
    desk: Desk, teacher: Caller, session: Session
) -> None:
    ask(teacher)
    ask(teacher, {"accept": ["leavers", "cleared"]})

    entry = session.scalars(
        sa.select(AuditEntry).where(AuditEntry.action == "sync_accepted")
    ).one()
    assert entry.tenant_id == desk.context.tenant_id
    by = entry.details.pop("by")
    assert len(by) == 22
    assert entry.details == {
        "course": teacher.course_id,
        "accept": ["cleared", "leavers"],
        "role": "admin",
    }


def test_nothing_is_believed_of_what_the_platform_does_not_offer(
    desk: Desk, teacher: Caller, session: Session
) -> None:
    desk.context.lineitems_url = None
    session.commit()

    refused = ask(teacher, CLEARED)

    assert refused.status_code == 409
    assert refused.json["detail"] == (
        "There is nothing to believe: the platform offers this tool no results of the "
        "course."
    )
    assert (words(session), session.scalars(sa.select(Outbox.id)).all()) == ([], [])


def test_nothing_is_believed_while_the_course_is_off(
    desk: Desk, teacher: Caller, session: Session
) -> None:
    desk.context.enabled = False
    session.commit()

    refused = ask(teacher, LEAVERS)

    assert refused.status_code == 409
    assert "the course is off" in refused.json["detail"]
    assert words(session) == []
    assert session.scalars(sa.select(AuditEntry.action)).all() == []


def test_who_sends_nothing_asks_as_ever(teacher: Caller, session: Session) -> None:
    headers = {
        "Authorization": f"Bearer {teacher.token}",
        "Content-Type": "application/json",
    }
    path = f"{teacher.course}/sync"

    answers = [
        teacher.client.post(path, headers=headers, data=sent)
        for sent in (None, "{}", '{"accept": []}')
    ]

    assert [(a.status_code, a.json) for a in answers] == [(202, {"state": "asked"})] * 3
    assert words(session) == []


@pytest.mark.parametrize(
    "sent",
    [
        *('{"accept": ["all"]}', '{"accept": "leavers"}', '{"accept": null}'),
        *('{"believe": true}', "[]", "null", '{"accept": ["leavers"', '"leavers"'),
    ],
)
def test_what_makes_no_sense_is_refused(
    teacher: Caller, session: Session, sent: str
) -> None:
    headers = {
        "Authorization": f"Bearer {teacher.token}",
        "Content-Type": "application/json",
    }

    answer = teacher.client.post(f"{teacher.course}/sync", headers=headers, data=sent)

    assert answer.status_code == 422, answer.text
    assert (words(session), session.scalars(sa.select(Outbox.id)).all()) == ([], [])


def test_only_who_teaches_here_is_believed(desk: Desk, session: Session) -> None:
    client, course = desk.app.test_client(), desk.context
    beside = a_context(session, registration=course.registration)
    path = f"/api/v1/courses/{course.public_id}/sync"
    callers = [
        *(
            a_caller(session, client, of=course, role=r)
            for r in ("assistant", "learner")
        ),
        a_caller(session, client, of=beside, role="instructor"),
        a_caller(session, client, of=a_live_course(session), role="instructor"),
    ]

    answers = [one.send("POST", path, LEAVERS).status_code for one in callers]

    assert answers == [403, 403, 404, 404]
    assert words(session) == []
