"""The small change of HTTP: routes, form posts, JSON answers and refusals."""

import json
from collections.abc import Callable
from dataclasses import dataclass

from flask import Response

Answer = Callable[..., Response]
"""Takes the campus, the request and the rule's own arguments."""


@dataclass(frozen=True)
class Route:
    """One address of a platform; faults and counters go by its endpoint name."""

    endpoint: str
    rule: str
    answer: Answer
    methods: tuple[str, ...] = ("GET",)


@dataclass(frozen=True)
class FormPost:
    """A form the browser posts by itself: how OpenID Connect answers a tool."""

    action: str
    fields: dict[str, str]


class Refused(Exception):
    """A request the platform answers with an error; the shape words it."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(f"{status} {reason}")
        self.status = status
        self.reason = reason


class RefusedPage(Refused):
    """A refusal meant for a person: a web page in every shape."""


def json_answer(
    body: object, media_type: str = "application/json", *, status: int | str = 200
) -> Response:
    """Answer JSON; a status such as `409 Too old` brings its own reason phrase."""
    return Response(json.dumps(body), status=status, content_type=media_type)
