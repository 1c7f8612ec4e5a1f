"""Names and Roles as Canvas serves it."""

from typing import TYPE_CHECKING

from flask import Request, Response

from campus import vocabulary as lti
from campus.records import Course, Enrolment, Person, Role, Status, Tool
from campus.shapes.canvas.claims import COURSE_ROLES, context, custom, profile
from campus.shapes.canvas.paging import PageSize, asked_page, page_links
from campus.shapes.canvas.services import answer, course_numbered, entitled
from campus.shapes.canvas.variables import of_person
from campus.wire import Refused

if TYPE_CHECKING:
    from campus.state import Campus

SIZE = PageSize(default=50, largest=50)


def memberships(campus: "Campus", request: Request, course: int) -> Response:
    """Return fifty members at most, whatever larger limit is asked."""
    caller = entitled(campus, request, lti.MEMBERS_READ)
    subject = course_numbered(campus, course, caller)
    expands = _expands(campus, request, subject, caller)
    enrolled = _enrolled(campus, subject, request.args.get("role"))
    page = asked_page(request, enrolled, SIZE)
    members = []
    for enrolment in page.rows:
        person = campus.person(enrolment.person)
        member = _member(campus, caller, person, enrolment)
        if expands:
            member["message"] = [_message(campus, subject, person, caller)]
        members.append(member)
    body = {
        "id": campus.base_url + request.full_path.rstrip("?"),
        "context": context(subject),
        "members": members,
    }
    response = answer(body, lti.MEMBERS_TYPE)
    response.headers["Link"] = page_links(campus, request, page, SIZE)
    return response


def _expands(campus: "Campus", request: Request, course: Course, tool: Tool) -> bool:
    """Tell whether custom fields are expanded: with any `rlid` the tool may name.

    The course's own id is one, so a tool in the course menu gets everybody expanded.
    """
    rlid = request.args.get("rlid")
    if not rlid or rlid == course.context_id:
        return bool(rlid)
    tools = [link.tool for link in campus.links(course) if link.id == rlid]
    if not tools:
        raise Refused(400, "Invalid 'rlid' parameter")
    if tool.number not in tools:
        text = "Tool does not have access to rlid or rlid does not exist"
        raise Refused(400, text)
    return True


def _enrolled(campus: "Campus", course: Course, role: str | None) -> list[Enrolment]:
    """Return who has the role, by number; a role Canvas does not know has nobody."""
    enrolled = [
        enrolment
        for enrolment in campus.enrolments(course)
        if enrolment.status is not Status.SUSPENDED
        and enrolment.role is not Role.ADMINISTRATOR
        and (not role or role in COURSE_ROLES[enrolment.role])
    ]
    return sorted(enrolled, key=lambda enrolment: enrolment.person)


def _member(
    campus: "Campus", tool: Tool, person: Person, enrolment: Enrolment
) -> dict[str, object]:
    known = {
        "status": "Active",
        **profile(campus, tool, person),
        "lis_person_sourcedid": person.sourced_id if tool.shares_names else None,
        "user_id": person.sub,
        "lti11_legacy_user_id": person.legacy_id,
        "roles": sorted(COURSE_ROLES[enrolment.role], reverse=True),
    }
    # Absent values are left out, not sent empty.
    return {name: value for name, value in known.items() if value not in (None, "")}


def _message(
    campus: "Campus", course: Course, person: Person, tool: Tool
) -> dict[str, object]:
    values = of_person(campus, course, person)
    return {
        lti.MESSAGE_TYPE: lti.RESOURCE_LINK_REQUEST,
        "locale": "en",
        lti.CUSTOM: custom(campus, tool.custom, values),
    }
