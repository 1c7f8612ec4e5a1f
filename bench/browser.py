"""A browser's requests without a browser: those of a real one, sent again.

What a browser asks for is recorded once (`bench.recording`); here it is repeated for
one person after the other, in the same order and with the same headers.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.client import HTTPConnection, HTTPResponse
from urllib.parse import parse_qsl, urlencode, urlsplit

from campus import launches
from campus.records import Launch
from campus.state import Campus


class Failed(Exception):
    """A request was not answered as it must be; the message says which."""


@dataclass(frozen=True)
class Fetch:
    """One request of a page, and whether its answer need not be asked for again."""

    path: str
    headers: Mapping[str, str]
    kept: bool = False


@dataclass(frozen=True)
class Recording:
    """What one launch makes a browser fetch from the tool."""

    login: Fetch
    after_login: Sequence[Fetch]
    launch: Fetch
    after_launch: Sequence[Fetch]
    redirects: Sequence[Fetch] = ()
    """Where the launch leads before there is a page."""

    @property
    def count(self) -> int:
        """Return the number of requests, the login and the launch included."""
        others = (self.after_login, self.redirects, self.after_launch)
        return 2 + sum(map(len, others))

    def warm(self) -> "Recording":
        """Return what remains for a browser that was here before."""
        return Recording(
            self.login,
            [fetch for fetch in self.after_login if not fetch.kept],
            self.launch,
            [fetch for fetch in self.after_launch if not fetch.kept],
            self.redirects,
        )


@dataclass
class Browser:
    """One person's browser: a connection to the tool, and its cookies."""

    tool: str
    cookies: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        parts = urlsplit(self.tool)
        self._connection = HTTPConnection(parts.hostname or "", parts.port, timeout=60)

    def close(self) -> None:
        self._connection.close()

    def launch(self, campus: Campus, launch: Launch, recording: Recording) -> str:
        """Do everything until the panel is shown; return the panel's page."""
        form = launches.login_form(campus, campus.begin(launch))
        answer, page = self.post(recording.login, form)
        self._fetch_all(recording.after_login)
        request = urlsplit(answer.headers.get("Location") or _Continue(page).href)
        granted = launches.authorize(campus, dict(parse_qsl(request.query)))
        answer, page = self.post(recording.launch, granted.fields)
        for fetch in recording.redirects:
            answer, page = self.send("GET", fetch)
        if answer.status != 200:
            raise Failed(f"The launch answered {answer.status}.")
        self._fetch_all(recording.after_launch)
        return page

    def post(self, fetch: Fetch, form: Mapping[str, str]) -> tuple[HTTPResponse, str]:
        """Send a form; return the answer and its text."""
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        return self.send("POST", fetch, urlencode(form).encode(), headers)

    def send(
        self,
        method: str,
        fetch: Fetch,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> tuple[HTTPResponse, str]:
        """Send one request with this browser's cookies, and keep those it gets."""
        given = {**fetch.headers, **(headers or {})}
        if self.cookies:
            pairs = (f"{name}={value}" for name, value in self.cookies.items())
            given["Cookie"] = "; ".join(pairs)
        self._connection.request(method, fetch.path, body, given)
        answer = self._connection.getresponse()
        text = answer.read()
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        if answer.status >= 400:
            raise Failed(f"{method} {fetch.path} answered {answer.status}.")
        packed = answer.headers.get("Content-Encoding")
        return answer, "" if packed else text.decode(errors="replace")

    def _fetch_all(self, fetches: Sequence[Fetch]) -> None:
        for fetch in fetches:
            self.send("GET", fetch)


class _Continue(HTMLParser):
    """Finds the link by which a login page goes on."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.href = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "a" and given.get("id") == "continue":
            self.href = given.get("href") or ""
