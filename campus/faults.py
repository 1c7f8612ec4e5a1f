"""Switches that make an endpoint misbehave: `campus.faults.on("token", slow(3))`.

Endpoints: `authorize jwks token memberships lineitems lineitem results scores
create_lineitem update_lineitem delete_lineitem`.
A fault takes the honest answer (not yet given) and answers in its stead. Faults on
the same endpoint wait for each other: the first one with requests left is served.
What a page may hold wrongly (members, results, next links) is in `campus.bad_pages`.
"""

import gzip
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http import HTTPStatus
from threading import Lock

from flask import Response, request

from campus.forms import form_post_page
from campus.wire import FormPost

Honest = Callable[[], Response]
Fault = Callable[[Honest], Response]

MEGABYTE = 2**20
PLAIN_TEXT = "text/plain; charset=utf-8"


@dataclass
class _Switch:
    fault: Fault
    left: int | None


class Faults:
    def __init__(self) -> None:
        self._lock = Lock()
        self._switches: dict[str, list[_Switch]] = {}

    def on(self, endpoint: str, fault: Fault, *, times: int | None = None) -> None:
        """Spoil the next `times` requests of an endpoint; all of them if not said."""
        with self._lock:
            self._switches.setdefault(endpoint, []).append(_Switch(fault, times))

    def off(self, endpoint: str | None = None) -> None:
        """Mend one endpoint, or all of them."""
        with self._lock:
            if endpoint is None:
                self._switches.clear()
            else:
                self._switches.pop(endpoint, None)

    def serve(self, endpoint: str, honest: Honest) -> Response:
        """Answer a request, spoiled if a switch is on."""
        fault = self._take(endpoint)
        return honest() if fault is None else fault(honest)

    def _take(self, endpoint: str) -> Fault | None:
        with self._lock:
            for switch in self._switches.get(endpoint, []):
                if switch.left is None:
                    return switch.fault
                if switch.left > 0:
                    switch.left -= 1
                    return switch.fault
        return None


def slow(seconds: float) -> Fault:
    """Answer honestly, but late."""

    def fault(honest: Honest) -> Response:
        time.sleep(seconds)
        return honest()

    return fault


def status(code: int, body: str = "", *, retry_after: int | str | None = None) -> Fault:
    """Answer this status and nothing else; `Retry-After` in seconds or as a date."""
    headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
    return _answer(lambda: Response(body, code, headers, content_type=PLAIN_TEXT))


def throttled(code: int = 429) -> Fault:
    """Refuse for too many requests as Canvas does: 403 before October 2025, then 429.

    It says how much is left, and not when to come back.
    """
    name = "Forbidden" if code == HTTPStatus.FORBIDDEN else "Too Many Requests"
    body = f"{code} {name} (Rate Limit Exceeded)\n"
    headers = {"X-Rate-Limit-Remaining": "0.0"}
    return _answer(lambda: Response(body, code, headers, content_type=PLAIN_TEXT))


def html(code: int = 200) -> Fault:
    """Answer a web page where JSON is due, as a proxy or a login page does."""
    page = "<!doctype html><title>Sorry</title><p>Scheduled maintenance.</p>"
    return _answer(lambda: Response(page, code, content_type="text/html"))


def empty() -> Fault:
    """Answer 200 and no body."""
    return _answer(lambda: Response(b"", content_type="application/json"))


def huge(size: int = 20 * MEGABYTE) -> Fault:
    """Answer valid JSON of `size` bytes, announced by no Content-Length."""

    def chunks() -> Iterator[bytes]:
        yield b'{"padding": "'
        for _ in range(size // MEGABYTE):
            yield b"x" * MEGABYTE
        yield b'"}'

    return _answer(lambda: Response(chunks(), content_type="application/json"))


def drip(seconds: float = 1.0) -> Fault:
    """Give the honest body away byte by byte, `seconds` apart."""

    def fault(honest: Honest) -> Response:
        answer = honest()
        body = answer.get_data()

        def drops() -> Iterator[bytes]:
            for position in range(len(body)):
                yield body[position : position + 1]
                time.sleep(seconds)

        return Response(drops(), answer.status, content_type=answer.content_type)

    return fault


def gzip_bomb(size: int = 256 * MEGABYTE) -> Fault:
    """Answer a small compressed body that unpacks to `size` bytes."""
    packed = gzip.compress(b"\0" * size)
    headers = {"Content-Encoding": "gzip"}
    return _answer(
        lambda: Response(packed, headers=headers, content_type="application/json")
    )


def redirect(to: str) -> Fault:
    """Send the caller elsewhere."""
    return _answer(lambda: Response(status=302, headers={"Location": to}))


def denied(error: str, description: str = "") -> Fault:
    """Answer an authentication request with an error: `denied("login_required")`."""

    def fault(_honest: Honest) -> Response:
        asked = request.values
        fields = {"error": error, "state": asked.get("state", "")}
        if description:
            fields["error_description"] = description
        return form_post_page(FormPost(asked.get("redirect_uri", ""), fields))

    return fault


def changed(change: Callable[[object], object]) -> Fault:
    """Answer honestly, with the JSON body changed."""

    def fault(honest: Honest) -> Response:
        answer = honest()
        answer.set_data(json.dumps(change(json.loads(answer.get_data()))))
        return answer

    return fault


def without(*names: str) -> Fault:
    """Leave members out: `without("keys")`, `without("expires_in")`."""

    def change(body: object) -> object:
        members = body if isinstance(body, dict) else {}
        return {name: value for name, value in members.items() if name not in names}

    return changed(change)


def saying(**members: object) -> Fault:
    """Replace members: `saying(expires_in="abc")`."""
    return changed(lambda body: {**(body if isinstance(body, dict) else {}), **members})


def _answer(make: Callable[[], Response]) -> Fault:
    return lambda _honest: make()
