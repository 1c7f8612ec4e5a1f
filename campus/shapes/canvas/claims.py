"""What Canvas puts into an id_token."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from campus import vocabulary as lti
from campus.records import Course, Launch, Person, Role, Tool
from campus.shapes.canvas.variables import (
    ROOT_ACCOUNT,
    of_launch,
    of_person,
)
from campus.tokens import Claims
from campus.variables import expanded

if TYPE_CHECKING:
    from campus.state import Campus

COURSE_ROLES = {
    Role.TEACHER: (lti.MEMBERSHIP + "Instructor",),
    Role.ASSISTANT: (lti.TEACHING_ASSISTANT, lti.MEMBERSHIP + "Instructor"),
    Role.STUDENT: (lti.MEMBERSHIP + "Learner",),
    Role.OBSERVER: (lti.MEMBERSHIP + "Mentor",),
    Role.DESIGNER: (lti.MEMBERSHIP + "ContentDeveloper",),
    Role.TEST_STUDENT: (lti.MEMBERSHIP + "Learner",),
    # An administrator without an enrolment has no role in the course.
    Role.ADMINISTRATOR: (),
}
ACCOUNT_ROLES = {
    Role.TEACHER: (lti.INSTITUTION + "Instructor",),
    Role.ASSISTANT: (lti.INSTITUTION + "Instructor",),
    Role.STUDENT: (lti.INSTITUTION + "Student",),
    Role.OBSERVER: (),
    Role.DESIGNER: (lti.INSTITUTION + "Instructor",),
    Role.TEST_STUDENT: (lti.TEST_USER,),
    Role.ADMINISTRATOR: (lti.INSTITUTION + "Administrator",),
}


def claims(campus: "Campus", launch: Launch) -> Claims:
    return {
        "azp": launch.tool.client_id,
        **_identity(campus, launch),
        **_occasion(campus, launch),
        lti.CONTEXT: context(launch.course)
        | {"type": ["http://purl.imsglobal.org/vocab/lis/v2/course#CourseOffering"]},
        lti.TOOL_PLATFORM: {
            "guid": f"{ROOT_ACCOUNT}:canvas-lms",
            "name": "Example University",
            "version": "cloud",
            "product_family_code": "canvas",
        }
        | leaked(campus),
        lti.LAUNCH_PRESENTATION: _presentation(campus, launch),
        "locale": "en",
        lti.ROLES: roles(campus, launch.course, launch.person),
        lti.CUSTOM: _custom(campus, launch),
        **_services(campus, launch),
        "https://www.instructure.com/placement": launch.link.placement,
    }


def context(course: Course) -> dict[str, object]:
    return {"id": course.context_id, "label": course.label, "title": course.title}


def roles(campus: "Campus", course: Course, person: Person | None) -> list[str]:
    """Return account-wide and course roles, sorted: the mix a tool has to sort out."""
    if person is None:
        return [lti.SYSTEM + "None"]
    role = campus.role_of(course, person)
    return sorted({*ACCOUNT_ROLES[role], *COURSE_ROLES[role], lti.SYSTEM + "User"})


def custom(
    campus: "Campus", asked: Mapping[str, str], values: Mapping[str, str | None]
) -> Claims:
    """Expand custom parameters; without a value the variable's own name stays."""
    result: Claims = {}
    for name, value in expanded(asked, values).items():
        if value is None and campus.quirks.literal_variables:
            result[name] = asked[name]
        elif (
            value is not None and value.isdecimal() and campus.quirks.integers_in_custom
        ):
            result[name] = int(value)
        else:
            result[name] = value
    return result


def profile(campus: "Campus", tool: Tool, person: Person) -> Claims:
    """Return what the privacy level lets through of a person."""
    members: Claims = {}
    if tool.shares_names and tool.shares_email:
        members["picture"] = f"{campus.base_url}/images/messages/avatar-50.png"
    if tool.shares_email:
        members["email"] = person.email or None
    if tool.shares_names:
        members["name"] = person.name
        members["given_name"] = person.given_name
        members["family_name"] = person.family_name
    return members


def lis(person: Person, course: Course, campus: "Campus") -> Claims:
    literal = campus.quirks.literal_variables
    return {
        "person_sourcedid": person.sourced_id
        or ("$Person.sourcedId" if literal else None),
        "course_offering_sourcedid": course.sourced_id
        or ("$CourseSection.sourcedId" if literal else None),
    } | leaked(campus)


def leaked(campus: "Campus") -> Claims:
    """Return the model fields that old versions let through into nested claims."""
    if not campus.quirks.nested_errors:
        return {}
    return {"validation_context": None, "errors": {"errors": {}}}


def _identity(campus: "Campus", launch: Launch) -> Claims:
    person = launch.person
    if person is None:
        return {lti.LEGACY_USER_ID: "", lti.LTI1P1: {"user_id": ""}}
    identity: Claims = {"sub": person.sub, **profile(campus, launch.tool, person)}
    if launch.tool.shares_names:
        identity[lti.LIS] = lis(person, launch.course, campus)
    identity[lti.LEGACY_USER_ID] = person.legacy_id
    identity[lti.LTI1P1] = {"user_id": person.legacy_id}
    return identity


def _occasion(campus: "Campus", launch: Launch) -> Claims:
    """Return the link that was followed, or what the place for new ones takes."""
    if launch.is_for_links:
        settings = campus.shape.linking_settings(campus, launch)
        return {lti.DEEP_LINKING_SETTINGS: settings}
    return {lti.RESOURCE_LINK: _resource_link(launch)}


def _resource_link(launch: Launch) -> Claims:
    """Return the link; one in the course menu is the course itself by another name."""
    if launch.link.placement is not None:
        return {
            "id": launch.link.id,
            "description": None,
            "title": launch.course.title,
        }
    return {
        "id": launch.link.id,
        "description": launch.link.description,
        "title": launch.link.title,
    }


def _presentation(campus: "Campus", launch: Launch) -> Claims:
    course = f"{campus.base_url}/courses/{launch.course.number}"
    presentation: Claims = {
        "document_target": "iframe",
        "return_url": f"{course}/external_content/success/external_tool_redirect",
        "locale": "en",
    }
    if launch.link.placement is not None:
        presentation |= {"height": 800, "width": 1000}
    return presentation


def _custom(campus: "Campus", launch: Launch) -> Claims:
    values = of_launch(campus, launch)
    if launch.person is not None:
        values |= of_person(campus, launch.course, launch.person)
    return custom(campus, {**launch.tool.custom, **launch.link.custom}, values)


def _services(campus: "Campus", launch: Launch) -> Claims:
    tool, course = launch.tool, launch.course
    services: Claims = {}
    if tool.grade_scopes:
        services[lti.AGS] = _grade_service(campus, launch)
    if lti.MEMBERS_READ in tool.scopes:
        services[lti.NRPS] = {
            "context_memberships_url": campus.shape.memberships_url(
                campus, course, tool
            ),
            "service_versions": ["2.0"],
        } | leaked(campus)
    return services


def _grade_service(campus: "Campus", launch: Launch) -> Claims:
    tool, course = launch.tool, launch.course
    service: Claims = {}
    for item in campus.line_items(course, tool):
        if item.link == launch.link.number:
            service["lineitem"] = campus.shape.line_item_url(campus, item, tool)
    url = campus.shape.line_items_url(campus, course, tool)
    if campus.quirks.http_line_items:
        # The URL helper is called without a protocol; seen on a self-hosted site.
        url = url.replace("https://", "http://")
    return service | {"scope": list(tool.grade_scopes), "lineitems": url}
