"""What a synchronisation costs in statements, whatever a course's size."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from flask_openapi3.openapi import OpenAPI

from campus.records import Course, Enrolment, LineItem, Person, Result
from jobs.sync import sync_course
from models.db import db
from tests.support.clock import NOW
from tests.support.syncing import Desk, a_course


@contextmanager
def counted(app: OpenAPI) -> Iterator[Callable[[], int]]:
    """Count the statements the application sends to its database."""
    sent = []
    with app.app_context():
        engine = db.engine

    def note(*arguments: object) -> None:
        if not str(arguments[2]).startswith("BEGIN"):
            sent.append(arguments[2])

    sa.event.listen(engine, "before_cursor_execute", note)
    yield lambda: len(sent)
    sa.event.remove(engine, "before_cursor_execute", note)


def a_class(desk: Desk, learners: int, items: int, graded: int | None = None) -> Course:
    """Make a course of this size; so many, or all, have a score everywhere."""
    campus, tool = desk.registered.campus, desk.registered.cast.tool
    course = campus.add_course(Course(title="Big", label="BIG"))
    people = [campus.add_person(Person(given_name=f"L{n}")) for n in range(learners)]
    for person in people:
        campus.enrol(Enrolment(course=course.number, person=person.number))
    for number in range(items):
        item = LineItem(course=course.number, label=f"Task {number}", tool=tool.number)
        item = campus.add_line_item(item)
        for person in people[:graded]:
            result = Result(
                line_item=item.number, person=person.number, score=number, at=NOW
            )
            campus.put_result(result)
    return course


def statements_of_a_sync(desk: Desk, learners: int, items: int) -> tuple[int, int]:
    """Return the statements of a first and of a second sync of a new course."""
    desk.sync()  # our first key is made once
    desk.session.rollback()
    course = a_class(desk, learners, items)
    context_id = a_course(desk.session, desk.registered, course).id
    found = []
    for _ in range(2):
        with counted(desk.app) as sent, desk.app.app_context():
            assert sync_course(context_id, now_please=True).ok
            found.append(sent())
    return found[0], found[1]


def test_what_is_known_costs_one_statement_an_item(desk: Desk) -> None:
    _, small = statements_of_a_sync(desk, learners=3, items=2)
    _, many_people = statements_of_a_sync(desk, learners=150, items=2)
    _, many_items = statements_of_a_sync(desk, learners=3, items=12)

    assert many_people == small
    assert many_items == small + 10


def test_the_statements_of_a_roster_do_not_grow_with_it(desk: Desk) -> None:
    small, _ = statements_of_a_sync(desk, learners=2, items=0)
    large, _ = statements_of_a_sync(desk, learners=200, items=0)

    assert large == small


def test_a_large_course_takes_a_bounded_number_of_statements(desk: Desk) -> None:
    """A thousand people and 51 line items; twenty of them have worked."""
    course = a_class(desk, 1000, 51, graded=20)
    context_id = a_course(desk.session, desk.registered, course).id
    found = []
    for _ in range(2):
        with counted(desk.app) as sent, desk.app.app_context():
            assert sync_course(context_id, now_please=True).ok
            found.append(sent())

    first, second = found
    assert first < 51 * 40
    assert second < 51 + 70  # renewing the turn is one in each transaction
    assert desk.registered.campus.traffic.count("memberships") == 2
