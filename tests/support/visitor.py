"""A browser without a screen or scripts: follows a launch over HTTP, step by step."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit
from urllib.request import Request, urlopen

PATIENCE = 60
"""Seconds; long enough for a server that is still starting."""


@dataclass
class Form:
    action: str
    fields: dict[str, str] = field(default_factory=dict)


class Page(HTMLParser):
    """An HTML page: its forms, its links and the text of its scripts."""

    def __init__(self, url: str, text: str) -> None:
        super().__init__()
        self.url = url
        self.forms: list[Form] = []
        self.links: dict[str, str] = {}
        """Addresses by the id of the link, or else by its text."""
        self.scripts: dict[str, str] = {}
        self._script = ""
        self._link = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(Form(urljoin(self.url, given.get("action", ""))))
        elif tag == "input" and self.forms and "name" in given:
            self.forms[-1].fields[given["name"]] = given.get("value", "")
        elif tag == "a" and "href" in given:
            self._link = urljoin(self.url, given["href"])
            if "id" in given:
                self.links[given["id"]] = self._link
        elif tag == "script":
            self._script = given.get("id", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "script":
            self._script = ""
        elif tag == "a":
            self._link = ""

    def handle_data(self, data: str) -> None:
        if self._script:
            self.scripts[self._script] = self.scripts.get(self._script, "") + data
        elif self._link and data.strip():
            self.links.setdefault(data.strip(), self._link)

    def form_to(self, url: str) -> Form:
        """Return the first form that posts to an address with this beginning."""
        return next(form for form in self.forms if form.action.startswith(url))


class Visitor:
    """Somebody with a browser that keeps cookies."""

    def __init__(self) -> None:
        self._cookies: dict[str, dict[str, str]] = {}

    def get(self, url: str) -> Page:
        return self._page(Request(url))  # noqa: S310 -- our own servers

    def submit(self, form: Form) -> Page:
        return self._page(
            Request(form.action, data=urlencode(form.fields).encode())  # noqa: S310 -- our own servers
        )

    def _page(self, request: Request) -> Page:
        kept = self._cookies.setdefault(urlsplit(request.full_url).netloc, {})
        if kept:
            pairs = (f"{name}={value}" for name, value in kept.items())
            request.add_header("Cookie", "; ".join(pairs))
        with urlopen(request, timeout=PATIENCE) as answer:  # noqa: S310 -- our own servers
            for cookie in answer.headers.get_all("Set-Cookie") or []:
                name, _, value = cookie.partition(";")[0].partition("=")
                kept[name.strip()] = value.strip()
            return Page(answer.url, answer.read().decode())


def open_panel(course_page: str, tool: str) -> str:
    """Launch the tool from a course page, as a browser would; return the bearer."""
    visitor = Visitor()
    login = visitor.submit(visitor.get(course_page).form_to(tool))
    answer = visitor.get(login.links["continue"])
    panel = visitor.submit(answer.form_to(tool))
    return str(json.loads(panel.scripts["laurel-session"])["token"])


def ask(
    method: str, url: str, bearer: str, body: Mapping[str, Any] | None = None
) -> Any:  # noqa: ANN401 -- JSON
    """Call the API with a panel's rights; return the answer's JSON, if it has one."""
    request = Request(  # noqa: S310 -- our own servers
        url,
        method=method,
        data=None if body is None else json.dumps(body).encode(),
        headers={
            "Authorization": f"Bearer {bearer}",
            "Content-Type": "application/json",
        },
    )
    with urlopen(request, timeout=PATIENCE) as answer:  # noqa: S310 -- our own servers
        text = answer.read()
        return json.loads(text) if text else None
