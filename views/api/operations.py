"""How an operation is described in the OpenAPI document."""

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from flask import abort
from flask_openapi3.request import validate_request
from pydantic import BaseModel

from models import STAFF
from models.db import db
from views.api.problems import problem, problem_response

P = ParamSpec("P")
R = TypeVar("R")

TOO_DEEP = "body: it is nested too deeply"
LEARNERS = ("learner", *STAFF)


def operation(
    roles: Sequence[str],
    answer: type[BaseModel],
    *,
    status: int = 200,
    refusals: Sequence[int] = (),
    key: str | None = None,
) -> dict[str, Any]:
    """Describe who may call an operation and what it answers, refusals included.

    `key` is the permission by which an API key may call it, too; without a role it
    is for keys alone.
    """
    refused = {401, 403, 422, *({429} if key else ()), *refusals}
    return {
        "responses": {
            str(status): answer,
            **{str(code): problem_response(code) for code in sorted(refused)},
        },
        "security": [
            *([{"launch": []}] if roles else ()),
            *([{"key": []}] if key else ()),
        ],
        "openapi_extensions": {
            "x-roles": [*roles, *(["key"] if key else ())],
            **({"x-permissions": [key]} if key else {}),
        },
    }


def checked(view: Callable[P, R]) -> Callable[P, R]:
    """Read the request only after the guards: who may not ask learns nothing."""
    decorate: Callable[[Callable[P, R]], Callable[P, R]] = validate_request()  # type: ignore[no-untyped-call] # the library does not say
    validated = decorate(view)

    @wraps(validated)
    def read(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return validated(*args, **kwargs)
        except RecursionError:
            db.session.rollback()
            abort(problem(422, TOO_DEEP))

    return read
