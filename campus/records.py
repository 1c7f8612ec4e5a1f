"""What a campus keeps: people, courses, tools, links, line items and results.

Make a record without a number and hand it to `Campus.add_…`: the campus numbers it
and gives it the identifiers of its shape (`sub`, `context_id`, …).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Self

from campus.vocabulary import (
    ALL_SCOPES,
    DEEP_LINKING_REQUEST,
    GRADE_SCOPES,
    RESOURCE_LINK_REQUEST,
)

WEEK = timedelta(days=7)


class Role(StrEnum):
    """What somebody is in a course; an administrator enters and is on no roster."""

    TEACHER = "teacher"
    ASSISTANT = "assistant"
    STUDENT = "student"
    OBSERVER = "observer"
    DESIGNER = "designer"
    ADMINISTRATOR = "administrator"
    TEST_STUDENT = "test student"


class Status(StrEnum):
    """Whether somebody may enter: an enrolment ends, or the whole account is locked."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    LOCKED = "locked"


@dataclass(frozen=True, kw_only=True)
class Person:
    given_name: str = ""
    family_name: str = ""
    email: str = ""
    username: str = ""
    sourced_id: str = ""
    number: int = 0
    sub: str = ""
    legacy_id: str = ""

    @property
    def name(self) -> str:
        return f"{self.given_name} {self.family_name}".strip()


@dataclass(frozen=True, kw_only=True)
class Course:
    """A course; `begins` is the Monday of its first week, None has no weeks."""

    title: str
    label: str
    sourced_id: str = ""
    begins: datetime | None = None
    weeks: int = 12
    concluded: bool = False
    number: int = 0
    context_id: str = ""

    def week_at(self, now: datetime) -> int:
        """Return the number of the week (the first is 1), not beyond the last one."""
        if self.begins is None:
            return 1
        return min(max((now - self.begins) // WEEK + 1, 1), self.weeks)


@dataclass(frozen=True, kw_only=True)
class Enrolment:
    course: int
    person: int
    role: Role = Role.STUDENT
    status: Status = Status.ACTIVE
    groups: tuple[int, ...] = ()
    sections: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Tool:
    """A registered tool; the first deployment id is used unless a launch names one."""

    client_id: str
    login_url: str
    redirect_uris: tuple[str, ...]
    target_link_uri: str
    jwks_url: str
    name: str = "Course companion"
    deployment_ids: tuple[str, ...] = ()
    shares_names: bool = True
    shares_email: bool = True
    scopes: tuple[str, ...] = ALL_SCOPES
    custom: Mapping[str, str] = field(default_factory=dict)
    active: bool = True
    """Off while a tool that registered itself waits for the administrator."""
    number: int = 0

    @classmethod
    def at(cls, url: str, client_id: str, registration: str = "") -> Self:
        """Describe a tool under `url`; a registration id makes its own login URL."""
        own_login = f"/{registration}" if registration else ""
        return cls(
            client_id=client_id,
            login_url=f"{url}/lti/login{own_login}",
            redirect_uris=(f"{url}/lti/launch",),
            target_link_uri=f"{url}/lti/launch",
            jwks_url=f"{url}/lti/jwks.json",
        )

    @property
    def grade_scopes(self) -> tuple[str, ...]:
        return tuple(scope for scope in GRADE_SCOPES if scope in self.scopes)


@dataclass(frozen=True, kw_only=True)
class Link:
    """A place in a course from which a tool is opened."""

    course: int
    tool: int
    title: str
    description: str = ""
    custom: Mapping[str, str] = field(default_factory=dict)
    placement: str | None = None
    url: str = ""
    """Where it leads; empty is the tool's own address."""
    number: int = 0
    id: str = ""


@dataclass(frozen=True, kw_only=True)
class LineItem:
    """A gradebook column; without a tool it is the platform's own, hidden from AGS."""

    course: int
    label: str
    maximum: float = 100
    tool: int | None = None
    link: int | None = None
    tag: str = ""
    resource_id: str = ""
    week: int = 1
    is_made_by_tool: bool = False
    """The tool asked for it, and fills it: no activity for anybody to do."""
    is_published: bool = True
    """Canvas takes no score while its assignment is not."""
    number: int = 0


@dataclass(frozen=True, kw_only=True)
class Result:
    """One person's standing on a line item; a cleared grade has no score."""

    line_item: int
    person: int
    score: float | None
    at: datetime
    comment: str = ""
    number: int = 0


@dataclass(frozen=True, kw_only=True)
class Launch:
    """One click on a link; `person` None is a visitor without an account."""

    tool: Tool
    course: Course
    person: Person | None
    link: Link
    message_type: str = RESOURCE_LINK_REQUEST
    deployment: str = ""
    at: datetime | None = None
    id: str = ""

    @property
    def is_for_links(self) -> bool:
        """Whether a teacher wants to pick links; then the launch comes from none."""
        return self.message_type == DEEP_LINKING_REQUEST

    @property
    def target_link_uri(self) -> str:
        return self.link.url or self.tool.target_link_uri

    @property
    def deployment_id(self) -> str:
        return self.deployment or self.tool.deployment_ids[0]


@dataclass(frozen=True, kw_only=True)
class AccessToken:
    value: str
    client_id: str
    scopes: tuple[str, ...]
    expires_at: datetime
