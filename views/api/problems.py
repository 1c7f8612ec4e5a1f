"""Whatever an API answers instead of what was asked: problem details (RFC 9457)."""

from collections.abc import Iterable
from http import HTTPStatus

from flask import Response, jsonify
from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails

PROBLEM_JSON = "application/problem+json"


class Problem(BaseModel):
    """What went wrong, for a program (`status`) and for a person (`detail`)."""

    model_config = ConfigDict(title="Problem")

    type: str = "about:blank"
    title: str
    status: int
    detail: str


def problem(status: int, detail: str) -> Response:
    """Return a refusal; `detail` says in a sentence what to do about it."""
    content = Problem(title=HTTPStatus(status).phrase, status=status, detail=detail)
    response = jsonify(content.model_dump())
    response.status_code = status
    response.content_type = PROBLEM_JSON
    return response


def invalid(error: ValidationError) -> Response:
    """Return what is wrong with a request, field by field, without its values."""
    return problem(422, "; ".join(faults_of(error)))


def faults_of(error: ValidationError, whole: str = "body") -> list[str]:
    """Name what is wrong, each by its field, without its value."""
    found = error.errors(include_url=False, include_input=False)
    _let_go(found)
    return [f"{'.'.join(map(str, one['loc'])) or whole}: {one['msg']}" for one in found]


def _let_go(found: Iterable[ErrorDetails]) -> None:
    """Cut validators' own errors off from what was going on when they were raised.

    Pydantic's error holds them where the garbage collector does not look: together
    with the frames they came through they would keep the whole request for good.
    """
    for one in found:
        cause = one.get("ctx", {}).get("error")
        if isinstance(cause, Exception):
            cause.__traceback__ = cause.__context__ = cause.__cause__ = None


def problem_response(status: int) -> dict[str, object]:
    """Describe a refusal in the OpenAPI document."""
    return {
        "description": HTTPStatus(status).phrase,
        "content": {PROBLEM_JSON: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
