"""What a teacher takes from an earlier course of theirs, and what never comes along."""

from datetime import date

import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from models import AuditEntry, Award, Badge, ClaimCode, Context, Membership, Outbox
from tests.factories import a_context, an_item
from tests.integration.api.test_two_faces import fill
from tests.support.copying import rules, take, teaching
from tests.support.launches import Caller


def test_people_awards_and_codes_stay_where_they_are(
    teacher: Caller, session: Session, old: Context, new: Context
) -> None:
    before = session.scalar(sa.select(sa.func.count()).select_from(Membership))

    take(teacher, old)

    session.rollback()
    course = session.get_one(Context, new.id, populate_existing=True)
    assert (course.enabled, course.term_start) == (False, date(2026, 10, 1))
    counts = [
        session.scalar(sa.select(sa.func.count()).where(column == new.id))
        for column in (Award.context_id, ClaimCode.context_id)
    ]
    assert counts == [0, 0]
    assert session.scalar(sa.select(sa.func.count()).select_from(Membership)) == before
    assert session.scalars(sa.select(Outbox)).all() == []
    actions = session.scalars(sa.select(AuditEntry.action).order_by(AuditEntry.id))
    assert actions.all() == ["settings_changed", "course_copied"]


def test_a_second_time_brings_nothing_new_and_undoes_nothing(
    teacher: Caller, session: Session, old: Context, new: Context
) -> None:
    take(teacher, old)
    text = teacher.get(f"{teacher.course}/configuration").text
    changed = text.replace("at_least = 25", "at_least = 30")
    changed = changed.replace('rank = "hidden"', 'rank = "relative"')
    changed = (
        changed[: changed.index('[[badge]]\nkey = "early"')]
        + changed[changed.index("[[badge]]", changed.index('key = "early"')) :]
    )
    again = take(teacher, old).json
    assert (
        teacher.send_toml("PUT", f"{teacher.course}/configuration", changed).status_code
        == 200
    )

    third = take(teacher, old).json

    assert again == {
        "changes": [],
        "drafts": [],
        "mapping": [{"there": "quiz-1", "here": "q1", "label": "Quiz 1"}],
        "dates": [],
        "stays": [],
    }
    assert third["changes"] == []
    assert third["stays"] == [
        "The settings of the leaderboard were chosen here, and stay.",
        "The badge “Early” (early) was taken out here, and stays so.",
        "The badge “Helper” (helper) is this course's own, and stays as it is.",
    ]
    assert teacher.get(f"{teacher.course}/configuration").text == changed


def test_a_look_at_it_says_the_same_and_writes_nothing(
    teacher: Caller, session: Session, old: Context, new: Context
) -> None:
    body = {"course": old.public_id}
    before = session.scalar(sa.select(sa.func.count()).select_from(Badge))

    looked = teacher.send("POST", f"{teacher.course}/imports/preview", body)

    session.rollback()
    assert session.scalar(sa.select(sa.func.count()).select_from(Badge)) == before
    assert session.scalars(sa.select(AuditEntry)).all() == []
    assert looked.json == take(teacher, old).json


def test_a_copy_of_a_copy_is_the_same_once_more(
    teacher: Caller,
    client: FlaskClient,
    session: Session,
    old: Context,
    new: Context,
    iris: Membership,
) -> None:
    third = a_context(session, registration=old.registration, enabled=False)
    an_item(session, of=third, key="x").label = "Quiz 1"
    last = teaching(session, client, third, iris.user)

    take(teacher, old)
    take(last, new, shift_days=0)

    bound = {
        key: (state, str(rule).replace("'x'", "'q1'"))
        for key, (state, rule) in rules(session, third).items()
    }
    assert bound == {
        key: (state, str(rule)) for key, (state, rule) in rules(session, new).items()
    }


def test_a_course_that_is_on_is_looked_at_by_what_came(
    teacher: Caller, session: Session, old: Context, new: Context
) -> None:
    new.enabled = True
    session.commit()

    take(teacher, old)

    session.rollback()
    waiting = session.execute(sa.select(Outbox.job, Outbox.subject_id)).all()
    assert ("evaluate_course", new.id) in waiting


def test_the_same_request_twice_is_answered_as_before(
    teacher: Caller, old: Context
) -> None:
    body = {"course": old.public_id}
    path = f"{teacher.course}/imports"

    first = teacher.send("POST", path, body, Idempotency_Key="one")
    second = teacher.send("POST", path, body, Idempotency_Key="one")

    assert first.json == second.json
    assert len((second.json or {})["changes"]) == 5


def test_a_course_that_is_full_takes_nothing_and_says_so(
    teacher: Caller, session: Session, old: Context, new: Context
) -> None:
    fill(session, new)
    body = {"course": old.public_id}
    before = rules(session, new)

    looked = teacher.send("POST", f"{teacher.course}/imports/preview", body)
    taken = take(teacher, old)

    for answer in (looked, taken):
        assert answer.status_code == 409
        assert "A course has 200 badges at most" in (answer.json or {})["detail"]
    assert rules(session, new) == before
