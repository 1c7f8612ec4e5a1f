"""Who somebody is in a course, by the role names of LIS 2.0.

LTI Core 1.3, appendix A.2: a role of the course (`membership#…`) says what a person
is here; roles of the institution and of the system say what they are elsewhere.
"""

from collections.abc import Iterable
from datetime import timedelta

MEMBERSHIP = "http://purl.imsglobal.org/vocab/lis/v2/membership"
INSTITUTION = "http://purl.imsglobal.org/vocab/lis/v2/institution/person#"
SYSTEM = "http://purl.imsglobal.org/vocab/lis/v2/system/person#"
TEST_USER = "http://purl.imsglobal.org/vocab/lti/system/person#TestUser"

STAFF_FOR = timedelta(days=30)
"""How long somebody stays staff after a source last called them so."""
NOTED_EVERY = timedelta(minutes=1)
"""How exactly we remember that, and the last launch: less often is less to write."""

_OF_THE_COURSE = {
    "Administrator": "admin",
    "Instructor": "instructor",
    "TeachingAssistant": "assistant",
    # Who writes the course need not see who learns in it.
    "ContentDeveloper": "observer",
    "Mentor": "observer",
    "Observer": "observer",
    "Learner": "learner",
    "Member": "learner",
    # A course group's leader is a learner among learners.
    "Manager": "learner",
    "Officer": "learner",
}
_ASSISTING = {"Grader"}
_STRONGEST_FIRST = ("admin", "instructor", "assistant", "observer", "learner")
_ADMINISTRATORS = {
    INSTITUTION + "Administrator",
    SYSTEM + "Administrator",
    SYSTEM + "AccountAdmin",
    SYSTEM + "SysAdmin",
}


def role_of(names: Iterable[str]) -> str:
    """Return our word: learner, assistant, instructor, admin, observer or test.

    Only roles of this course make staff; an administrator of the institution or
    the system is one here unless enrolled as a learner. No known role: learner.
    """
    known = set(names)
    here = {role for name in known if (role := _role_here(name))}
    if TEST_USER in known:
        return "test"
    if known & _ADMINISTRATORS and "learner" not in here:
        return "admin"
    if "assistant" in here and not _teaches(known):
        # A sub-role comes with its principal role: an assistant is called both.
        here.discard("instructor")
    return next((role for role in _STRONGEST_FIRST if role in here), "learner")


def _role_here(name: str) -> str | None:
    principal, detail = _parts(name)
    if principal == "Instructor" and _assists(detail):
        return "assistant"
    return _OF_THE_COURSE.get(principal)


def _teaches(names: set[str]) -> bool:
    details = (_parts(name) for name in names)
    return any(
        principal == "Instructor" and detail and not _assists(detail)
        for principal, detail in details
    )


def _assists(detail: str) -> bool:
    return detail.startswith("TeachingAssistant") or detail in _ASSISTING


def _parts(name: str) -> tuple[str, str]:
    """Split a role of the course into its principal and its sub-role.

    `membership#Learner`, `membership/Instructor#Grader`, and short names, which
    LTI 1.3 allows for roles of the course alone.
    """
    if name.startswith(MEMBERSHIP):
        path, _, fragment = name.removeprefix(MEMBERSHIP).partition("#")
        principal = path.removeprefix("/")
        return (principal, fragment) if principal else (fragment, "")
    if ":" in name:
        return "", ""
    principal, _, detail = name.replace("#", "/").partition("/")
    return principal, detail
