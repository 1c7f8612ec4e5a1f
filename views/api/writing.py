"""Before every view that speaks JSON: who it is, and how one may write."""

from collections.abc import Callable, Collection
from functools import wraps
from typing import ParamSpec, TypeVar

from flask import Blueprint, Response, request

from models.db import db
from models.locks import begin_write, retried
from views.api.problems import problem
from views.guards import OtherFormat, bearer

P = ParamSpec("P")
R = TypeVar("R")

JSON = "application/json"
READING = {"GET", "HEAD", "OPTIONS"}
DEEPEST = 64
TOO_DEEP = f"body: it is nested more than {DEEPEST} deep"


def guard(bp: Blueprint, *, speaks: str = JSON) -> None:
    """Let in bearers of a launch, and writers who speak JSON, or what is named."""
    bp.before_request(bearer)
    bp.before_request(_only(speaks))
    if speaks == JSON:
        bp.before_request(_shallow)
    bp.before_request(_write_from_the_start)


def _write_from_the_start() -> None:
    """Begin anew as a writer, once it is known who asks and all of it is here.

    SQLite has one writer, and cannot turn an old reader into it: neither a stranger
    nor a slow line may keep everybody else waiting. What the guard read may have
    changed since, so it asks again.
    """
    if request.method in READING:
        return
    request.get_data()
    session = db.session()
    session.commit()
    session.expire_all()
    begin_write(session)
    bearer()


def _shallow() -> Response | None:
    """Refuse what is nested deeper than anything means, before anybody walks it."""
    if request.method in READING:
        return None
    try:
        layer = [request.get_json(silent=True)]
    except RecursionError:
        return problem(422, TOO_DEEP)
    for _ in range(DEEPEST):
        layer = [part for one in layer for part in _parts(one)]
        if not layer:
            return None
    return problem(422, TOO_DEEP)


def _parts(value: object) -> Collection[object]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def _only(mimetype: str) -> Callable[[], None]:
    """Refuse a write in any form that a page of somebody else's could send."""

    def only() -> None:
        if request.method not in READING and request.mimetype != mimetype:
            raise OtherFormat(mimetype)

    return only


def whole(view: Callable[P, R]) -> Callable[P, R]:
    """Do a view that writes again where the database broke its transaction off."""

    @wraps(view)
    def done(*args: P.args, **kwargs: P.kwargs) -> R:
        return retried(db.session(), lambda: view(*args, **kwargs))

    return done
