"""A table that a teacher sends: who may, in which form, and how large."""

from typing import Any

import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from models import Award, Membership
from tests.factories import a_badge, a_context, a_member
from tests.support.launches import Caller, a_caller

HEAD = "user,badge,reason\n"


def a_class(session: Session, client: FlaskClient) -> tuple[Caller, list[Membership]]:
    course = a_context(session)
    a_badge(session, of=course, key="helper")
    people = [a_member(session, of=course) for _ in range(3)]
    return a_caller(session, client, of=course, role="instructor"), people


def awarded(session: Session) -> int:
    session.rollback()
    return session.scalar(sa.select(sa.func.count()).select_from(Award)) or 0


def test_a_teacher_sends_a_table_and_reads_what_came_of_it(
    client: FlaskClient, session: Session
) -> None:
    teacher, people = a_class(session, client)
    rows = "".join(f"{one.user.public_id},helper,week 3\n" for one in people)
    table, path = f"{HEAD}{rows}nobody,helper,\n", f"{teacher.course}/awards/import"
    session.rollback()

    trial = teacher.send_table(f"{path}?dry_run=true", table)
    before = awarded(session)
    answer = teacher.send_table(path, table)

    refused = {"line": 5, "reason": "user: nobody in this course has this id"}
    said = {"granted": 3, "held": 0, "refused": 1, "rows": [refused]}
    assert trial.json == {"dry_run": True, **said}
    assert answer.json == {"dry_run": False, **said}
    assert (before, awarded(session)) == (0, 3)


def test_a_table_of_another_form_is_refused_as_a_whole(
    client: FlaskClient, session: Session
) -> None:
    teacher, _ = a_class(session, client)
    path = f"{teacher.course}/awards/import"

    answers: list[Any] = [
        teacher.send_table(path, "who,what\n"),
        teacher.send("POST", path, {"user": "x"}),
        teacher.send_table(f"{path}?dry_run=perhaps", HEAD),
        teacher.send_table(path, HEAD + "x" * (4 * 1024 * 1024)),
    ]

    assert [answer.status_code for answer in answers] == [422, 415, 422, 413]
    assert {answer.content_type for answer in answers} == {"application/problem+json"}
    assert (answers[1].json["title"], answers[1].json["detail"]) == (
        "That is not CSV",
        "Please send text/csv.",
    )
    assert answers[0].json["detail"] == (
        "body: The first line has to be: user,badge,reason"
    )


def test_a_table_may_be_larger_than_what_others_send(
    client: FlaskClient, session: Session
) -> None:
    teacher, (ada, *_) = a_class(session, client)
    row, path = f"{ada.user.public_id},helper,{'x' * 255}\n", teacher.course
    session.rollback()

    answer: Any = teacher.send_table(f"{path}/awards/import", HEAD + row * 7_000)

    assert (answer.json["granted"], answer.json["held"]) == (1, 6_999)


def test_what_is_not_utf_8_is_told_row_by_row(
    client: FlaskClient, session: Session
) -> None:
    teacher, (ada, *_) = a_class(session, client)
    row = f"{ada.user.public_id},helper,Gr\u00fc\u00dfe\n"
    session.rollback()

    answer: Any = teacher.send_table(
        f"{teacher.course}/awards/import", HEAD.encode() + row.encode("latin-1")
    )

    assert answer.json["rows"] == [{"line": 2, "reason": "it is not written in UTF-8"}]
