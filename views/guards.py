"""Who may enter: the bearer of a launch's token or of an API key, with its rights."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from flask import abort, g, request
from werkzeug.exceptions import Forbidden, UnsupportedMediaType

from gamification.awards.giving import Giver
from jobs import api_keys
from jobs.clock import now
from lti.sessions import find_session
from models import STAFF, ApiKey, LaunchSession
from models.db import db
from models.locks import lock_course
from views.headers import framed_by
from views.keys import count

P = ParamSpec("P")
R = TypeVar("R")

NO_PERSON = "An API key is nobody: only the launch of a person may ask for this."
NO_COURSE = (
    "This is about a whole organisation, and a launch is about one course: ask for it "
    "by an API key."
)


class KeyRefused(Forbidden):
    """An API key may not do this; the description says why."""

    title = "Not for this key"


class LaunchRefused(Forbidden):
    """A launch may not do this in any role; the description says why."""

    title = "For programs alone"


class OtherFormat(UnsupportedMediaType):
    """What is sent is not of the one format that is taken; the description names it."""

    def __init__(self, taken: str) -> None:
        super().__init__(f"Please send {taken}.")
        self.title = f"That is not {taken.partition('/')[2].upper()}"


def bearer() -> None:
    """Find out whose token the request carries, or answer 401.

    For `before_request`. Only the Authorization header counts: a cookie or a
    parameter could be sent by somebody else's page.
    """
    token = _token()
    if token.startswith(api_keys.PREFIX):
        _let_in_a_key(token)
        return
    opened = find_session(db.session(), token, now())
    if opened is None:
        abort(401)
    g.launch = opened
    framed_by(opened.registration)


def _let_in_a_key(token: str) -> None:
    key = api_keys.find(db.session(), token, now())
    if key is None:
        abort(401)
    is_first = "api_key" not in g
    g.api_key = key
    if is_first:
        count(key)


def caller() -> LaunchSession | ApiKey:
    """Return who asks: somebody's launch, or a program's key."""
    key: ApiKey | None = g.get("api_key")
    if key is not None:
        return key
    opened: LaunchSession = g.launch
    return opened


def giver() -> Giver:
    """Return who decides in this request."""
    who = caller()
    if isinstance(who, ApiKey):
        return Giver(who.public_id, "key")
    return Giver(who.membership.user.public_id, who.role)


def launch_session() -> LaunchSession:
    """Return the session this request acts for; its membership is the person.

    A key has none: whatever asks for it is not there for keys (403).
    """
    who = caller()
    if isinstance(who, ApiKey):
        raise KeyRefused(NO_PERSON)
    return who


def launch_alone() -> LaunchSession:
    """Return the session once nobody else writes to its course, as it is then.

    Who was let in may have been merged into another person meanwhile.
    """
    launch, session = launch_session(), db.session()
    if lock_course(session, launch.context_id):
        for read in (launch.membership, launch.context, launch):
            session.expire(read)
    return launch


def api_key() -> ApiKey:
    """Return the key this request acts for; its tenant is whose data it may name.

    Whatever asks for it is not there for launches (403).
    """
    who = caller()
    if not isinstance(who, ApiKey):
        raise LaunchRefused(NO_COURSE)
    return who


def reads_all() -> bool:
    """Tell whether the caller reads of everybody: staff do, and keys that may."""
    who = caller()
    return isinstance(who, ApiKey) or who.role in STAFF


def requires(
    *roles: str, key: str | None = None
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Let only launches in one of these roles in, and keys with a permission.

    Others get 403; without `key` no key has it, and without a role no launch.
    """

    def guarded(view: Callable[P, R]) -> Callable[P, R]:
        @wraps(view)
        def entered(*args: P.args, **kwargs: P.kwargs) -> R:
            who = caller()
            if isinstance(who, ApiKey):
                _check(who, key)
            elif not roles:
                raise LaunchRefused(NO_COURSE)
            elif who.role not in roles:
                abort(403)
            return view(*args, **kwargs)

        entered.roles = roles  # type: ignore[attr-defined] # tests read who may enter
        return entered

    return guarded


def _check(key: ApiKey, permission: str | None) -> None:
    if permission is None:
        raise KeyRefused(NO_PERSON)
    if permission not in key.permissions:
        raise KeyRefused(
            f"This API key lacks the permission {permission}: ask for one that has it."
        )


def _token() -> str:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""
