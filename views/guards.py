"""Who may enter: the bearer of a launch's token, with the rights of that launch."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from flask import abort, g, request

from jobs.clock import now
from lti.sessions import find_session
from models import LaunchSession
from models.db import db
from views.headers import framed_by

P = ParamSpec("P")
R = TypeVar("R")


def bearer() -> None:
    """Set `g.launch` to the session of the request's token, or answer 401.

    For `before_request`. Only the Authorization header counts: a cookie or a
    parameter could be sent by somebody else's page.
    """
    opened = find_session(db.session(), _token(), now())
    if opened is None:
        abort(401)
    g.launch = opened
    framed_by(opened.registration)


def launch_session() -> LaunchSession:
    """Return the session this request acts for; its membership is the person."""
    opened: LaunchSession = g.launch
    return opened


def requires(*roles: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Let only launches in one of these roles in; others get 403."""

    def guarded(view: Callable[P, R]) -> Callable[P, R]:
        @wraps(view)
        def entered(*args: P.args, **kwargs: P.kwargs) -> R:
            if launch_session().role not in roles:
                abort(403)
            return view(*args, **kwargs)

        entered.roles = roles  # type: ignore[attr-defined] # tests read who may enter
        return entered

    return guarded


def _token() -> str:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""
