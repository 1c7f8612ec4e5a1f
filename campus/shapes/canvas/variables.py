"""The substitution variables of Canvas that a campus knows the values of."""

import json
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from campus.records import Course, Launch, Person, Role

if TYPE_CHECKING:
    from campus.state import Campus

FIRST_SHARD = 10_000_000_000_000
ROOT_ACCOUNT = "7HekrJ8QVzkoTGwoPa4EzFTDQWlZkWC4pD1trjW0"

Values = dict[str, str | None]


def of_person(campus: "Campus", course: Course, person: Person) -> Values:
    """Return what a launch expands, and the roster for each member when `rlid` is sent.

    It is the newer, longer list: sections and groups included.
    """
    enrolment = campus.find_enrolment(course, person)
    sections = sorted(enrolment.sections) if enrolment else []
    groups = enrolment.groups if enrolment else ()
    return {
        "Canvas.user.id": str(person.number),
        "Canvas.user.globalId": str(FIRST_SHARD + person.number),
        "Canvas.user.loginId": person.username,
        "Canvas.user.sisSourceId": person.sourced_id or None,
        "Canvas.course.id": str(course.number),
        "Canvas.course.name": course.title,
        "Canvas.course.sectionIds": ",".join(map(str, sections)),
        "com.instructure.User.sectionNames": json.dumps(
            [f"Section {section}" for section in sections]
        ),
        "Canvas.course.sectionRestricted": "false",
        "Canvas.course.workflowState": "completed" if course.concluded else "available",
        "Canvas.group.contextIds": ",".join(
            campus.shape.context_id(-group, campus.seed) for group in groups
        ),
        "Message.locale": "en",
        "Person.address.timezone": "Europe/Berlin",
        "Person.name.full": person.name,
        "Person.name.given": person.given_name,
        "Person.name.family": person.family_name,
        "Person.email.primary": person.email or None,
        "Person.sourcedId": person.sourced_id or None,
        "User.id": person.sub,
        "User.username": person.username,
    }


def of_launch(campus: "Campus", launch: Launch) -> Values:
    """Return what only a launch expands."""
    course, person = launch.course, launch.person
    role = campus.role_of(course, person) if person else None
    groups = {group for one in campus.enrolments(course) for group in one.groups}
    return {
        "Canvas.api.domain": urlsplit(campus.base_url).netloc,
        "Canvas.user.prefersHighContrast": "false",
        "Canvas.user.prefersDyslexicFont": "false",
        "Canvas.masqueradingUser.id": None,
        "Canvas.enrollment.enrollmentState": "active",
        "Canvas.term.id": "1",
        "Canvas.term.name": "This term",
        "com.instructure.Course.groupIds": ",".join(map(str, sorted(groups))),
        "com.instructure.brandConfigJSON.url": f"{campus.base_url}/dist/brandable_css"
        "/default/variables-0123.json",
        "Context.id": course.context_id,
        "Context.id.history": "",
        "Context.title": course.title,
        "ResourceLink.id": launch.link.id,
        "ResourceLink.title": launch.link.title,
        "com.instructure.User.student_view": str(role is Role.TEST_STUDENT).lower(),
        "vnd.Canvas.root_account.uuid": ROOT_ACCOUNT,
    }
