"""Courses to start from: the demo's fifty learners, and a small cast for tests.

Both belong to the first tool of the campus, so register that before.
"""

import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from campus import names, term
from campus.records import (
    WEEK,
    Course,
    Enrolment,
    LineItem,
    Link,
    Person,
    Result,
    Role,
    Status,
    Tool,
)

if TYPE_CHECKING:
    from campus.state import Campus

FIRST_WEEK_SHOWN = 3


@dataclass(frozen=True)
class Cast:
    """Ada and Ben learn, Iris teaches, Otto is in another course."""

    tool: Tool
    course: Course
    link: Link
    quiz: LineItem
    reading: LineItem
    foreign: LineItem
    iris: Person
    assistant: Person
    ada: Person
    ben: Person
    hostile: Person
    nameless: Person
    suspended: Person
    locked: Person
    observer: Person
    test_student: Person
    other_course: Course
    other_link: Link
    otto: Person


def fifty_learners(campus: "Campus", *, begins: datetime | None = None) -> Course:
    """Make the demo's course: fifty learners, twelve weeks, now in the third one.

    The term begins two weeks before the Monday of the real week, so weeks that were
    skipped before a restart stay skipped; `begins` says another Monday. Results are
    there up to campus time.
    """
    tool = campus.tools[0]
    begins = begins or _monday(campus.clock.real()) - (FIRST_WEEK_SHOWN - 1) * WEEK
    course = campus.add_course(
        Course(
            title="Introduction to Biology",
            label="BIO101",
            sourced_id="SIS-BIO-101",
            begins=begins,
        )
    )
    _enrol_all(campus, course)
    _place(campus, course, tool, "Your progress", "overview")
    _place(campus, course, tool, "Leaderboard", "leaderboard")
    for week, label, tag, maximum in names.ACTIVITIES:
        campus.add_line_item(
            LineItem(
                course=course.number,
                label=label,
                maximum=maximum,
                tool=tool.number,
                tag=tag,
                resource_id=_slug(label),
                week=week,
            )
        )
    term.play(campus, course, after=begins - WEEK, until=campus.now())
    return course


def cast(campus: "Campus") -> Cast:
    """Make two small courses with everybody a test may want to meet.

    Ada has 18 of 20 in the quiz and 10 of 10 in the reading, Ben 12 of 20 in the quiz;
    Otto has done nothing. Nobody here does anything by himself when weeks pass.
    """
    tool = campus.tools[0]
    course = campus.add_course(
        Course(title="Demo 101", label="DEMO101", sourced_id="SIS-DEMO-101")
    )
    other = campus.add_course(Course(title="Other 202", label="OTHER202"))
    quiz, reading, foreign = _gradebook(campus, course, tool)
    people = _cast_of(campus, course)
    _grade(campus, quiz, people["ada"], 18)
    _grade(campus, reading, people["ada"], 10)
    _grade(campus, quiz, people["ben"], 12)
    return Cast(
        tool=tool,
        course=course,
        link=_place(campus, course, tool, "Your progress", "overview"),
        quiz=quiz,
        reading=reading,
        foreign=foreign,
        other_course=other,
        other_link=_place(campus, other, tool, "Your progress", "overview"),
        otto=_enrolled(campus, other, _named("Otto", "Other"), Role.STUDENT),
        **people,
    )


def _cast_of(campus: "Campus", course: Course) -> dict[str, Person]:
    people = {
        key: _enrolled(campus, course, person, role)
        for key, (person, role) in _parts().items()
    }
    for key, status in (("suspended", Status.SUSPENDED), ("locked", Status.LOCKED)):
        campus.enrol(
            Enrolment(course=course.number, person=people[key].number, status=status)
        )
    return people


def _parts() -> dict[str, tuple[Person, Role]]:
    return {
        "iris": (_named("Iris", "Okonjo"), Role.TEACHER),
        "assistant": (_named("Ann", "Assistant"), Role.ASSISTANT),
        "ada": (_named("Ada", "Example"), Role.STUDENT),
        "ben": (_named("Ben", "Example"), Role.STUDENT),
        "hostile": (_named("Lerner", "<b>x</b>"), Role.STUDENT),
        "nameless": (Person(username="nameless"), Role.STUDENT),
        "suspended": (_named("Sue", "Suspended"), Role.STUDENT),
        "locked": (_named("Lou", "Locked"), Role.STUDENT),
        "observer": (_named("Olga", "Observer"), Role.OBSERVER),
        "test_student": (_named("Test", "Student"), Role.TEST_STUDENT),
    }


def _grade(campus: "Campus", item: LineItem, person: Person, score: float) -> None:
    """Grade somebody as of yesterday."""
    campus.put_result(
        Result(
            line_item=item.number,
            person=person.number,
            score=score,
            at=campus.now() - timedelta(days=1),
        )
    )


def _gradebook(
    campus: "Campus", course: Course, tool: Tool
) -> tuple[LineItem, LineItem, LineItem]:
    """Add two items of the tool and one that is none of its business."""
    quiz = LineItem(
        course=course.number,
        label="Quiz 1: Cells",
        maximum=20,
        tool=tool.number,
        tag="quiz",
        resource_id="quiz-1-cells",
    )
    return (
        campus.add_line_item(quiz),
        campus.add_line_item(
            replace(
                quiz,
                label="Week 1: Reading log",
                maximum=10,
                tag="reading",
                resource_id="week-1-reading-log",
            )
        ),
        campus.add_line_item(LineItem(course=course.number, label="Paper exam")),
    )


def _enrol_all(campus: "Campus", course: Course) -> None:
    _enrolled(campus, course, _named(*names.TEACHER), Role.TEACHER)
    _enrolled(campus, course, _named(*names.ASSISTANT), Role.ASSISTANT)
    for number, (given, family) in enumerate(names.LEARNERS, start=1):
        person = replace(
            _named(given, family),
            username=f"learner{number:02}",
            email=f"learner{number:02}@example.org",
            sourced_id=f"S-{number:04}",
        )
        _enrolled(campus, course, person, Role.STUDENT)


def _enrolled(campus: "Campus", course: Course, person: Person, role: Role) -> Person:
    person = campus.add_person(person)
    campus.enrol(Enrolment(course=course.number, person=person.number, role=role))
    return person


def _named(given: str, family: str) -> Person:
    username = re.sub(r"\W", "", given).casefold()
    return Person(
        given_name=given,
        family_name=family,
        username=username,
        email=f"{username}@example.org",
        sourced_id=f"P-{username}",
    )


def _place(
    campus: "Campus", course: Course, tool: Tool, title: str, panel: str
) -> Link:
    # Canvas has one place in the course menu for a tool; further links are items.
    placement = "course_navigation" if panel == "overview" else None
    return campus.add_link(
        Link(
            course=course.number,
            tool=tool.number,
            title=title,
            custom={"panel": panel},
            placement=placement,
        )
    )


def _monday(day: datetime) -> datetime:
    midnight = day.replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight - timedelta(days=midnight.weekday())


def _slug(label: str) -> str:
    return re.sub(r"\W+", "-", label.casefold()).strip("-")
