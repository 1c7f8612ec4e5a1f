"""What Moodle 4.3 puts into an id_token, in its order."""

import hashlib
import json
from typing import TYPE_CHECKING

from campus import vocabulary as lti
from campus.records import Course, Launch, LineItem, Link, Person, Role, Tool
from campus.tokens import Claims
from campus.variables import expanded

if TYPE_CHECKING:
    from campus.state import Campus

# Whoever may manage external tools is an Instructor at launch, the non-editing
# teacher too, who is a Learner in the roster.
LAUNCH_ROLES = {
    Role.TEACHER: (lti.MEMBERSHIP + "Instructor",),
    Role.ASSISTANT: (lti.MEMBERSHIP + "Instructor",),
    Role.DESIGNER: (lti.MEMBERSHIP + "Instructor",),
    Role.ADMINISTRATOR: (
        lti.INSTITUTION + "Administrator",
        lti.MEMBERSHIP + "Instructor",
        lti.SYSTEM + "Administrator",
    ),
}
LEARNER = (lti.MEMBERSHIP + "Learner",)
PLATFORM = {
    "product_family_code": "moodle",
    "version": "2023100900",
    "guid": "97ca7bfc5389ecd625b62b90fdb16e35",
    "name": "site",
    "description": "Moodle",
}


def claims(campus: "Campus", launch: Launch) -> Claims:
    tool, course, person = launch.tool, launch.course, launch.person
    if person is None:
        message = "Moodle launches nobody who is not logged in"
        raise ValueError(message)
    return {
        "sub": person.sub,
        lti.LIS: {
            "person_sourcedid": person.sourced_id,
            "course_section_sourcedid": course.sourced_id,
        },
        lti.ROLES: list(roles(campus, course, person)),
        lti.CONTEXT: context(course) | {"type": ["CourseSection"]},
        **(_no_link(campus, launch) if launch.is_for_links else _link(campus, launch)),
        **_identity(tool, person),
        lti.TOOL_PLATFORM: dict(PLATFORM),
        lti.CUSTOM: _custom(campus, launch, person),
        **_services(campus, launch),
    }


def context(course: Course) -> dict[str, object]:
    return {"id": course.context_id, "label": course.label, "title": course.title}


def roles(campus: "Campus", course: Course, person: Person) -> tuple[str, ...]:
    return LAUNCH_ROLES.get(campus.role_of(course, person), LEARNER)


def basic_outcome(campus: "Campus", link: Link, person: Person) -> dict[str, str]:
    """Return the LTI 1.1 way to send a grade, which Moodle still offers."""
    members = {
        "instanceid": str(link.number),
        "userid": person.sub,
        "typeid": str(link.tool),
        "launchid": int(hashlib.sha256(person.sub.encode()).hexdigest()[:7], 16),
    }
    digest = hashlib.sha256((campus.secret + json.dumps(members)).encode()).hexdigest()
    sourced_id = json.dumps({"data": members, "hash": digest}, separators=(",", ":"))
    return {
        "lis_result_sourcedid": sourced_id,
        "lis_outcome_service_url": f"{campus.base_url}/mod/lti/service.php",
    }


def _link(campus: "Campus", launch: Launch) -> Claims:
    link, course = launch.link, launch.course
    outcome = basic_outcome(campus, link, launch.person) if launch.person else {}
    return {
        lti.RESOURCE_LINK: {
            "title": link.title,
            "description": link.description,
            "id": link.id,
        },
        lti.BASIC_OUTCOME: outcome,
        lti.LAUNCH_PRESENTATION: {
            "locale": "en",
            "document_target": "iframe",
            "return_url": f"{campus.base_url}/mod/lti/return.php?course="
            f"{course.number}&launch_container=3&instanceid={link.number}",
        },
    }


def _no_link(campus: "Campus", launch: Launch) -> Claims:
    return {
        lti.LAUNCH_PRESENTATION: {"locale": "en"},
        lti.DEEP_LINKING_SETTINGS: campus.shape.linking_settings(campus, launch),
    }


def _identity(tool: Tool, person: Person) -> Claims:
    ext: dict[str, object] = {"lms": "moodle-2"}
    identity: Claims = {lti.EXT: ext}
    if tool.shares_names:
        ext["user_username"] = person.username
        identity["given_name"] = person.given_name
        identity["family_name"] = person.family_name
        identity["name"] = person.name
    if tool.shares_email:
        identity["email"] = person.email
    return identity


def _custom(campus: "Campus", launch: Launch, person: Person) -> Claims:
    values = _variables(campus, launch, person)
    custom: Claims = dict(
        expanded({**launch.tool.custom, **launch.link.custom}, values)
    )
    members = campus.shape.memberships_url(campus, launch.course, launch.tool)
    custom["context_memberships_url"] = members
    if lti.LINE_ITEM in launch.tool.scopes:
        services = f"{campus.base_url}/mod/lti/services.php"
        tool = f"tool/{launch.tool.number}/custom"
        custom["system_setting_url"] = f"{services}/{tool}"
        custom["context_setting_url"] = (
            f"{services}/CourseSection/{launch.course.number}/bindings/{tool}"
        )
        if not launch.is_for_links:
            # Moodle forgets to replace this one.
            custom["link_setting_url"] = f"{services}/links/{{link_id}}/custom"
    return custom


def _variables(
    campus: "Campus", launch: Launch, person: Person
) -> dict[str, str | None]:
    course, tool = launch.course, launch.tool
    enrolment = campus.find_enrolment(course, person)
    groups = enrolment.groups if enrolment else ()
    named, mailed = tool.shares_names, tool.shares_email
    return {
        "Context.id": course.context_id,
        "Context.title": course.title,
        "Context.label": course.label,
        "Context.id.history": "",
        "CourseSection.title": course.title,
        "CourseSection.label": course.label,
        "CourseSection.sourcedId": course.sourced_id,
        "ResourceLink.id": launch.link.id,
        "ResourceLink.title": launch.link.title,
        "ResourceLink.description": launch.link.description,
        "User.id": person.sub,
        # Sent even where names are withheld (read in the source).
        "User.username": person.username,
        "Person.name.full": person.name if named else "",
        "Person.name.given": person.given_name if named else "",
        "Person.name.family": person.family_name if named else "",
        "Person.email.primary": person.email if mailed else "",
        "Person.sourcedId": person.sourced_id,
        "Membership.role": ",".join(roles(campus, course, person)),
        "Moodle.Person.userGroupIds": ",".join(map(str, groups)),
        "ToolProxyBinding.memberships.url": campus.shape.memberships_url(
            campus, course, tool
        ),
        "LineItems.url": campus.shape.line_items_url(campus, course, tool),
    }


def _services(campus: "Campus", launch: Launch) -> Claims:
    tool, course = launch.tool, launch.course
    services: Claims = {}
    if tool.grade_scopes:
        endpoint: dict[str, object] = {
            "scope": list(tool.grade_scopes),
            "lineitems": campus.shape.line_items_url(campus, course, tool),
        }
        own = _own_line_item(campus, launch)
        if own is not None:
            endpoint["lineitem"] = campus.shape.line_item_url(campus, own, tool)
        services[lti.AGS] = endpoint
    if lti.MEMBERS_READ in tool.scopes:
        services[lti.NRPS] = {
            "context_memberships_url": campus.shape.memberships_url(
                campus, course, tool
            ),
            "service_versions": ["1.0", "2.0"],
        }
    return services


def _own_line_item(campus: "Campus", launch: Launch) -> LineItem | None:
    """Return the link's line item; a second one makes Moodle send none."""
    coupled = [
        item
        for item in campus.line_items(launch.course, launch.tool)
        if item.link == launch.link.number
    ]
    return coupled[0] if len(coupled) == 1 else None
