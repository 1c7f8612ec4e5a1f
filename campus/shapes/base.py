"""What every platform shape answers; the quirks live in its subclasses."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, ClassVar

from flask import Request, Response

from campus.records import Course, Launch, LineItem, Link, Tool
from campus.tokens import Claims
from campus.wire import FormPost, Refused, Route

if TYPE_CHECKING:
    from campus.state import Campus


@dataclass(frozen=True)
class Endpoints:
    """The addresses a tool is told when the platform is registered with it."""

    issuer: str
    authorization: str
    token: str
    jwks: str


class Shape(ABC):
    """One platform's identifiers, addresses, rules and wording."""

    name: ClassVar[str]
    id_token_lifetime: ClassVar[timedelta]
    answers_messages: ClassVar[bool]
    link_custom: ClassVar[dict[str, str]] = {}
    """What a registered tool's own place in a course tells it."""
    linking_placement: ClassVar[str | None] = None
    """The place that takes links, where the platform names places."""
    routes: ClassVar[tuple[Route, ...]]

    @abstractmethod
    def new_kid(self, now: datetime) -> str:
        """Name a new signing key."""

    @abstractmethod
    def subject(self, number: int, seed: int) -> str:
        """Return the `sub` of a person."""

    @abstractmethod
    def legacy_id(self, number: int, seed: int) -> str:
        """Return what LTI 1.1 called the person; empty where that is not sent."""

    @abstractmethod
    def context_id(self, number: int, seed: int) -> str:
        """Return the `context.id` of a course."""

    @abstractmethod
    def link_id(self, link: Link, course: Course, seed: int) -> str:
        """Return the `resource_link.id` of a link."""

    @abstractmethod
    def deployment_id(self, number: int, seed: int) -> str:
        """Return the deployment id of the tool with this number."""

    @abstractmethod
    def launch_id(self, launch: Launch) -> str:
        """Make up an unguessable id for one launch."""

    @abstractmethod
    def new_token(self, campus: "Campus", tool: Tool, scopes: tuple[str, ...]) -> str:
        """Make up an access token."""

    @abstractmethod
    def endpoints(self, campus: "Campus") -> Endpoints:
        """Return the addresses for a registration."""

    @abstractmethod
    def registration_query(self, campus: "Campus") -> dict[str, str]:
        """Return the parameters that ask a tool to register, with a new token."""

    @abstractmethod
    def memberships_url(self, campus: "Campus", course: Course, tool: Tool) -> str:
        """Return the Names and Roles address."""

    @abstractmethod
    def line_items_url(self, campus: "Campus", course: Course, tool: Tool) -> str:
        """Return the address of the tool's line items."""

    @abstractmethod
    def line_item_url(self, campus: "Campus", item: LineItem, tool: Tool) -> str:
        """Return the address, which is the id, of a line item."""

    @abstractmethod
    def login_form(self, campus: "Campus", launch: Launch) -> dict[str, str]:
        """Return the parameters of the login initiation."""

    @abstractmethod
    def authorize(self, campus: "Campus", parameters: dict[str, str]) -> FormPost:
        """Answer an authentication request; the launch is used up.

        Raises Refused for what the platform shows the browser itself.
        """

    @abstractmethod
    def claims(self, campus: "Campus", launch: Launch) -> Claims:
        """Return the claims that depend on the shape, `sub` included."""

    @abstractmethod
    def linking_settings(self, campus: "Campus", launch: Launch) -> Claims:
        """Return what a tool is told of the place that takes links."""

    @abstractmethod
    def refusal(self, request: Request, refused: Refused) -> Response:
        """Word an error."""
