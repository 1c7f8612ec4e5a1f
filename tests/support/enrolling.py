"""People who come to the campus and go."""

from dataclasses import replace

from campus.records import Enrolment, Person, Role, Status
from tests.support.syncing import Desk


def learners(desk: Desk, number: int) -> list[Person]:
    """Enrol so many more people in the course."""
    campus, course = desk.registered.campus, desk.registered.cast.course
    people = [
        campus.add_person(Person(given_name=f"Learner {n}", family_name="Many"))
        for n in range(number)
    ]
    for person in people:
        campus.enrol(Enrolment(course=course.number, person=person.number))
    return people


def enrol_again(desk: Desk, person: Person, role: Role = Role.STUDENT) -> None:
    campus, course = desk.registered.campus, desk.registered.cast.course
    campus.enrol(Enrolment(course=course.number, person=person.number, role=role))


def unenrol(desk: Desk, *people: Person) -> None:
    campus, course = desk.registered.campus, desk.registered.cast.course
    for person in people:
        enrolment = campus.find_enrolment(course, person)
        assert enrolment is not None
        campus.enrol(replace(enrolment, status=Status.SUSPENDED))
