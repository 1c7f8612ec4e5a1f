"""The campus itself: a school with a calendar, keys, launches and access tokens."""

import secrets
from dataclasses import replace
from datetime import datetime, timedelta

from campus import term
from campus.access import ToolKeys
from campus.clock import Clock
from campus.deep_linking import Basket
from campus.faults import Faults
from campus.keys import KeyRing
from campus.quirks import Quirks
from campus.records import WEEK, AccessToken, Launch, Tool
from campus.registering import Desk
from campus.school import School
from campus.shapes import shape_named
from campus.shapes.base import Endpoints
from campus.traffic import Traffic

TOKEN_LIFETIME = timedelta(hours=1)


class Campus(School):
    """A platform in memory, `moodle` or `canvas` shaped; all threads may use it."""

    def __init__(
        self,
        shape: str = "moodle",
        base_url: str = "http://localhost:8080",
        *,
        seed: int = 1,
        clock: Clock | None = None,
    ) -> None:
        super().__init__(shape_named(shape), seed)
        self.base_url = base_url
        self.issuer_elsewhere = ""
        self.clock = clock or Clock()
        self.keys = KeyRing(lambda: self.shape.new_kid(self.now()))
        self.quirks = Quirks()
        self.faults = Faults()
        self.traffic = Traffic()
        self.tool_keys = ToolKeys()
        self.desk = Desk()
        self.basket = Basket()
        self.secret = secrets.token_hex(32)
        self._launches: dict[str, Launch] = {}
        self._tokens: dict[str, AccessToken] = {}
        self._spent: set[str] = set()

    @property
    def issuer(self) -> str:
        """The `iss`: the base URL, unless `issuer_elsewhere` names another one.

        Self-hosted Canvas keeps the cloud's issuer until somebody changes it.
        """
        return self.issuer_elsewhere or self.base_url

    @property
    def endpoints(self) -> Endpoints:
        """The issuer and the three addresses a registration needs."""
        return self.shape.endpoints(self)

    @property
    def answers_messages(self) -> bool:
        """Whether the course page answers a tool's messages."""
        return self.shape.answers_messages and self.quirks.storage_answers

    @property
    def storage_target(self) -> str | None:
        """The frame that stores for tools, as the login names it."""
        return self.quirks.storage_target if self.shape.answers_messages else None

    def now(self) -> datetime:
        """Return campus time: real time and the weeks skipped so far."""
        return self.clock.now()

    def next_week(self) -> None:
        """Let seven days pass, with what the learners of every course do in them."""
        with self._lock:
            before = self.now()
            self.clock.advance(WEEK)
            for course in self.courses:
                term.play(self, course, after=before, until=self.now())

    def begin(self, launch: Launch) -> Launch:
        """Remember a launch until the tool comes to fetch its id_token, once."""
        with self._lock:
            launch = replace(launch, id=self.shape.launch_id(launch), at=self.now())
            self._launches[launch.id] = launch
            return launch

    def find_launch(self, launch_id: str) -> Launch | None:
        """Look at a launch that waits, and leave it waiting."""
        with self._lock:
            return self._launches.get(launch_id)

    def take_launch(self, launch_id: str) -> Launch | None:
        """Hand a launch out; the second time there is none."""
        with self._lock:
            return self._launches.pop(launch_id, None)

    def issue_token(
        self, tool: Tool, scopes: tuple[str, ...], value: str
    ) -> AccessToken:
        """Remember an access token, good for an hour of campus time."""
        token = AccessToken(
            value=value,
            client_id=tool.client_id,
            scopes=scopes,
            expires_at=self.now() + TOKEN_LIFETIME,
        )
        with self._lock:
            self._tokens[value] = token
        return token

    def find_token(self, value: str) -> AccessToken | None:
        with self._lock:
            return self._tokens.get(value)

    def expire_tokens(self) -> None:
        """Let every access token given out so far be past its time."""
        with self._lock:
            for token in self._tokens.values():
                self._tokens[token.value] = replace(token, expires_at=self.now())

    def spend_once(self, nonce: str) -> bool:
        """Return whether this is the first time that a one-time value is seen."""
        with self._lock:
            if nonce in self._spent:
                return False
            self._spent.add(nonce)
            return True
