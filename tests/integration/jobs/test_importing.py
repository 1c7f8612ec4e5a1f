"""A table of badges: wrong rows are told by line, and the others are done."""

from collections.abc import Iterator
from itertools import pairwise

import pytest
import sqlalchemy as sa
from flask_openapi3.openapi import OpenAPI
from sqlalchemy.orm import Session

from jobs.importing import CHUNK, Imported, import_awards
from jobs.tables import BadRow, Unreadable
from models import Award, Badge, Context, Membership
from tests.factories import a_badge, a_context, a_member
from tests.support.awarding import an_award, noted, told
from tests.support.importing import BY, imported, learners, rows
from tests.support.statements import statements


@pytest.fixture
def course(session: Session) -> Context:
    course = a_context(session)
    a_badge(session, of=course, key="helper")
    a_badge(session, of=course, key="speaker")
    session.commit()
    return course


def test_a_row_gives_a_badge_for_a_reason(
    app: OpenAPI, session: Session, course: Context
) -> None:
    learners(session, course, 3)
    table = (
        "\ufeffuser,badge,reason\r\n"
        's0,helper,"said: ""thanks"", twice"\r\n'
        "\r\n"
        "user-1,speaker\r\n"
        "s2,speaker,\r\n"
    )

    report = imported(app, course, table)

    assert report == Imported(granted=3)
    assert rows(session) == [
        ("s0", "helper", 'said: "thanks", twice'),
        ("s1", "speaker", None),
        ("s2", "speaker", None),
    ]
    assert set(session.scalars(sa.select(Award.origin))) == {"import"}
    assert len(told(session)) == 3
    assert noted(session) == [("award_granted", "iris", "instructor")] * 3


@pytest.mark.parametrize("between", [";", "\t"])
def test_a_spreadsheets_own_separator_is_understood(
    app: OpenAPI, session: Session, course: Context, between: str
) -> None:
    learners(session, course, 1)
    table = 'Reason,User,"Badge"\nweek 3,s0,helper\n'.replace(",", between)

    assert imported(app, course, table).granted == 1
    assert rows(session) == [("s0", "helper", "week 3")]


WRONG_ROWS = "\n".join(
    [
        "user,badge,reason",
        's0,helper,"two\nlines"',
        "nobody,helper",
        "otto,helper",
        "guest,helper",
        "s0,unknown",
        ",helper",
        "s0",
        "s1,helper,well,done",
        f"s1,helper,{'x' * 256}",
        "s1,helper,\ufffd",
        "s1,helper,\x07",
        "s1,speaker",
    ]
)


def test_each_wrong_row_is_told_by_the_line_where_it_begins(
    app: OpenAPI, session: Session, course: Context
) -> None:
    learners(session, course, 2)
    a_member(session, of=course, role="observer", sub="guest")
    a_member(session, sub="otto")
    session.commit()

    report = imported(app, course, WRONG_ROWS)

    nobody = "user: nobody in this course has this id"
    assert report.rows == [
        BadRow(2, "a cell goes over several lines: a quote may be missing"),
        BadRow(4, nobody),
        BadRow(5, nobody),
        BadRow(6, "user: only learners who are in the course now can have badges"),
        BadRow(7, "badge: there is no such badge here; there are helper, speaker"),
        BadRow(8, "user: it is empty"),
        BadRow(9, "badge: it is empty"),
        BadRow(10, "it has more cells than the first line"),
        BadRow(11, "reason: it is longer than 255 characters"),
        BadRow(12, "it is not written in UTF-8"),
        BadRow(13, "reason: it holds a character that no name has"),
    ]
    assert (report.granted, report.refused) == (1, 11)
    assert rows(session) == [("s1", "speaker", None)]


def test_no_word_of_a_formula_is_echoed(
    app: OpenAPI, session: Session, course: Context
) -> None:
    formula = "=HYPERLINK(1)"
    table = f"user,badge\n{formula},helper\n@SUM(1),{formula}\n+1,-1\n"

    report = imported(app, course, table)

    assert report.refused == 3
    assert not any(sign in row.reason for row in report.rows for sign in "=@+")


@pytest.mark.parametrize(
    "head", ["", "name,badge", "user,badge,points", "user,user,badge", "s0,helper"]
)
def test_a_table_with_another_head_is_not_begun(
    app: OpenAPI, course: Context, head: str
) -> None:
    with pytest.raises(Unreadable, match="user,badge,reason"):
        imported(app, course, f"{head}\ns0,helper\n")


def test_the_same_table_again_changes_nothing(
    app: OpenAPI, session: Session, course: Context
) -> None:
    learners(session, course, 2)
    table = "user,badge\ns0,helper\ns1,helper\ns0,helper\n"

    reports = [imported(app, course, table) for _ in range(2)]

    counts = [(report.granted, report.held) for report in reports]
    session.rollback()
    assert counts == [(2, 1), (0, 3)]
    assert len(told(session)) == 2


def test_a_dry_run_tells_the_same_and_does_nothing(
    app: OpenAPI, session: Session, course: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jobs.importing.CHUNK", 2)
    learners(session, course, 3)
    held = session.scalars(sa.select(Membership).order_by(Membership.id)).first()
    assert held is not None
    badge = session.scalars(sa.select(Badge).order_by(Badge.key)).first()
    assert badge is not None
    an_award(session, held, badge)
    session.commit()
    table = "user,badge\ns0,helper\ns1,helper\ns2,helper\ns1,helper\nx,helper\n"

    trial = imported(app, course, table, dry_run=True)
    before = len(rows(session))
    real = imported(app, course, table)

    assert before == 1
    assert (trial.granted, trial.held, trial.refused) == (2, 2, 1)
    assert (real.granted, real.held, real.refused) == (2, 2, 1)


def test_a_course_that_is_off_is_given_nothing(
    app: OpenAPI, session: Session, course: Context
) -> None:
    learners(session, course, 1)
    session.get_one(Context, course.id).enabled = False
    session.commit()

    report = imported(app, course, "user,badge\ns0,helper\n")

    assert report.rows == [BadRow(2, "course: badges are off (course)")]
    assert rows(session) == []


def test_ten_thousand_rows_of_which_seven_are_wrong(
    app: OpenAPI, session: Session, course: Context
) -> None:
    learners(session, course, 5_000)
    wrong = {2, 3, 700, 4_999, 5_000, 7_777, 10_001}
    context_id, progress = course.id, []

    def lines() -> Iterator[str]:
        yield "user,badge,reason\n"
        for number in range(10_000):
            if number % CHUNK == 1:
                progress.append(len(sent))
            line, badge = number + 2, ("helper", "speaker")[number // 5_000]
            sub = "nobody" if line in wrong else f"s{number % 5_000}"
            yield f"{sub},{badge},week {number}\n"

    with app.app_context(), statements(app) as sent:
        report = import_awards(context_id, lines(), BY)

    assert (report.granted, report.held, report.refused) == (9_993, 0, 7)
    assert [row.line for row in report.rows] == sorted(wrong)
    assert len(rows(session)) == 9_993
    # So many at a time are one message to the course.
    assert told(session) == [("award", "course", None, {})] * (10_000 // CHUNK)
    assert len(noted(session)) == 9_993
    # Each piece is done before the next one is read, and costs as much as the first.
    assert len(progress) == 10_000 // CHUNK
    pieces = {after - before for before, after in pairwise(progress)}
    assert max(pieces) <= 14
    assert min(pieces) >= 9
