"""Lines of a table that no reader of CSV understands: they stop no other ones."""

import pytest
from flask_openapi3.openapi import OpenAPI
from sqlalchemy.orm import Session

from jobs.tables import BadRow
from models import Context
from tests.factories import a_badge, a_context
from tests.support.importing import imported, learners, rows


@pytest.fixture
def course(session: Session) -> Context:
    course = a_context(session)
    a_badge(session, of=course, key="helper")
    session.commit()
    return course


@pytest.mark.parametrize("last", ["s2,helper,fine", 's2,helper,"fine"'])
def test_a_stray_quote_gives_nobody_the_words_of_others(
    app: OpenAPI, session: Session, course: Context, last: str
) -> None:
    learners(session, course, 3)
    table = f'user,badge,reason\ns0,helper,well\ns1,helper,"good\n{last}\n'

    report = imported(app, course, table)

    assert report.granted == 1
    assert [row.line for row in report.rows] == [3]
    assert rows(session) == [("s0", "helper", "well")]


QUOTES = "it cannot be read: a quote is missing, or is one too many"
LEFT_OUT = "it cannot be read, and what follows was left out"


def test_a_line_that_cannot_be_read_stops_no_other_one(
    app: OpenAPI, session: Session, course: Context
) -> None:
    learners(session, course, 5)
    table = (
        "user,badge,reason\r\n"
        "s1,helper,ok\r\n"
        '"s0"x,helper,why\r\n'
        "s2,helper,ok\r\n"
        's0,helper,"why\r\n'
        '"s0",helper,why\r\n'
        "nobody,helper,ok\r\n"
        "s3,helper,ok\r\n"
        's4,helper,"ok\r\n'
    )

    report = imported(app, course, table)

    two = QUOTES.replace(":", ", nor what follows up to line 6:")
    assert report.rows == [
        BadRow(3, QUOTES),
        BadRow(5, two),
        BadRow(7, "user: nobody in this course has this id"),
        BadRow(9, QUOTES),
    ]
    assert (report.granted, report.refused) == (3, 4)
    assert [sub for sub, _, _ in rows(session)] == ["s1", "s2", "s3"]


def test_where_a_table_cannot_be_read_any_further_it_says_so(
    app: OpenAPI, session: Session, course: Context
) -> None:
    learners(session, course, 1)
    endless = "x\n" * 70_000
    table = f'user,badge,reason\ns0,helper,\ns0,helper,"{endless}'

    report = imported(app, course, table)

    assert (report.granted, report.rows) == (1, [BadRow(3, LEFT_OUT)])


LONG = "x" * 140_000


@pytest.mark.parametrize(
    "row", [f"s0,helper,{LONG}", f's0,helper,"{LONG}, ""{LONG}"""']
)
def test_a_cell_that_is_far_too_long_stops_no_other_line(
    app: OpenAPI, session: Session, course: Context, row: str
) -> None:
    learners(session, course, 2)

    report = imported(app, course, f"user,badge,reason\n{row}\ns1,helper,ok\n")

    too_long = "it cannot be read: a cell is longer than 131072 characters"
    assert (report.granted, report.rows) == (1, [BadRow(2, too_long)])
    assert rows(session) == [("s1", "helper", "ok")]


def test_a_cell_that_is_far_too_long_may_be_the_last_of_several_lines(
    app: OpenAPI, session: Session, course: Context
) -> None:
    learners(session, course, 2)
    table = f'user,badge,reason\n"s0\n",helper,{LONG}\ns1,helper,ok\n'

    report = imported(app, course, table)

    too_long = (
        "it cannot be read, nor what follows up to line 3: a cell is longer than "
        "131072 characters"
    )
    assert (report.granted, report.rows) == (1, [BadRow(2, too_long)])


def test_a_far_too_long_cell_that_a_quote_leaves_open_gives_nobody_the_words_of_others(
    app: OpenAPI, session: Session, course: Context
) -> None:
    learners(session, course, 2)
    table = f'user,badge,reason\ns0,helper,"{LONG}\ns1,helper,fine"\n'

    report = imported(app, course, table)

    assert (report.granted, report.rows) == (0, [BadRow(2, LEFT_OUT)])
