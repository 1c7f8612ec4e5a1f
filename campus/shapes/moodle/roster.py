"""Names and Roles as Moodle 4.3 serves it."""

from typing import TYPE_CHECKING

from flask import Request, Response

from campus import vocabulary as lti
from campus.paging import page_of, whole_number
from campus.records import Course, Enrolment, Link, Person, Role, Status, Tool
from campus.shapes.moodle.claims import basic_outcome, context
from campus.shapes.moodle.services import UTF8, accept, course_numbered, entitled
from campus.wire import Refused, json_answer

if TYPE_CHECKING:
    from campus.state import Campus

TEACHERS = (Role.TEACHER, Role.DESIGNER)
ROLE_FILTERS = {
    "Learner": "Learner",
    "Instructor": "Instructor",
    lti.MEMBERSHIP + "Learner": "Learner",
    lti.MEMBERSHIP + "Instructor": "Instructor",
}


def memberships(campus: "Campus", request: Request, course: int, tool: int) -> Response:
    caller = entitled(campus, request, tool, lti.MEMBERS_READ)
    accept(request, lti.MEMBERS_TYPE)
    subject = course_numbered(campus, course)
    link = _link(campus, request)
    rows = _enrolled(campus, subject, request.args.get("role", ""))
    limit = whole_number(request, "limit")
    page = page_of(rows, whole_number(request, "from"), limit)
    url = campus.shape.memberships_url(campus, subject, caller)
    answer = json_answer(
        {
            "id": url,
            "context": context(subject),
            "members": [_member(campus, caller, row, link) for row in page.rows],
        },
        lti.MEMBERS_TYPE + UTF8,
    )
    if limit and page.following is not None:
        # The role that was asked for is dropped: the next page holds everybody.
        answer.headers["Link"] = (
            f'<{url}?limit={limit}&from={page.following}>; rel="next"'
        )
    return answer


def _link(campus: "Campus", request: Request) -> Link | None:
    """Return the link of `rlid`, be it another tool's."""
    rlid = request.args.get("rlid")
    if not rlid:
        return None
    for course in campus.courses:
        for link in campus.links(course):
            if link.id == rlid:
                return link
    raise Refused(404, f"Not Found: LTI link {rlid} doesn't exist")


def _enrolled(campus: "Campus", course: Course, role: str) -> list[Enrolment]:
    """Return who may enter; a locked account still counts as enrolled."""
    wanted = ROLE_FILTERS.get(role)
    enrolled = [
        enrolment
        for enrolment in campus.enrolments(course)
        if enrolment.status is not Status.SUSPENDED
        and enrolment.role is not Role.ADMINISTRATOR
        and wanted in (None, _role(enrolment))
    ]

    def by_name(enrolment: Enrolment) -> tuple[str, str]:
        person = campus.person(enrolment.person)
        return person.family_name.casefold(), person.given_name.casefold()

    return sorted(enrolled, key=by_name)


def _role(enrolment: Enrolment) -> str:
    return "Instructor" if enrolment.role in TEACHERS else "Learner"


def _member(
    campus: "Campus", tool: Tool, enrolment: Enrolment, link: Link | None
) -> dict[str, object]:
    person = campus.person(enrolment.person)
    member: dict[str, object] = {"status": "Active", "roles": [_role(enrolment)]}
    if link is not None:
        outcome = basic_outcome(campus, link, person)
        member["message"] = [
            {
                lti.MESSAGE_TYPE: lti.RESOURCE_LINK_REQUEST,
                lti.BASIC_OUTCOME: outcome,
            }
        ]
    return member | _identity(tool, person)


def _identity(tool: Tool, person: Person) -> dict[str, object]:
    identity: dict[str, object] = {
        "user_id": person.sub,
        "lis_person_sourcedid": person.sourced_id,
    }
    if tool.shares_names:
        identity["name"] = person.name
        identity["given_name"] = person.given_name
        identity["family_name"] = person.family_name
    if tool.shares_email:
        identity["email"] = person.email
    if tool.shares_names:
        identity["ext_user_username"] = person.username
    return identity
