"""A write that is sent twice is done once, if its caller names it.

https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/
"""

import hashlib
from collections.abc import Callable, Sequence

from flask import Response, jsonify, request
from pydantic import BaseModel, Field

from jobs import answers
from jobs.clock import now
from models import ApiKey, Context, KeptAnswer
from models.db import db
from models.locks import begin_write, lock_course, lock_tenant
from views.api.problems import problem
from views.guards import caller, launch_alone

HEADER = "Idempotency-Key"
ANOTHER = "This Idempotency-Key was sent with something else: take a new one."
UNDER_WAY = "The same is still being done: send it again in a minute for its answer."


class IdempotencyKey(BaseModel):
    """The header by which a write that is sent again is known as the same."""

    idempotency_key: str | None = Field(
        default=None, alias="Idempotency-Key", pattern=r"^[\x21-\x7e]{1,255}$"
    )
    """Any word of the caller's; good for a day."""


def once(
    header: IdempotencyKey,
    work: Callable[[], Response],
    *,
    within: int | None = None,
    untold: Sequence[str] = (),
) -> Response:
    """Do a write and commit it; sent again with its key it is answered as before.

    What was refused was not done, so it is tried again. Locks the course: of two that
    come at once one waits for the other. `within` is the course's id, where a program
    may write, too; else it is the launch's, and of a program its whole organisation.
    `untold` are fields that are secret: they are kept nowhere, and empty where the
    answer is given again.
    """
    key = header.idempotency_key
    if key is None:
        return _committed(work())
    session, asked = db.session(), _fingerprint()
    _wait(within)
    writer = _writer()
    kept = answers.find(session, writer, key, now())
    if kept is not None:
        return _again(kept, asked)
    response = work()
    if response.status_code < 400:
        said = _said(response, untold)
        answers.keep(session, writer, (key, asked), said, now())
    return _committed(response)


def once_in_pieces(header: IdempotencyKey, work: Callable[[], Response]) -> Response:
    """Do a write that commits piece by piece; with its key it is done as by `once`.

    Sent again while it is being done it is a 409, until it must have been broken off.
    """
    key = header.idempotency_key
    if key is None:
        return _committed(work())
    session, asked = db.session(), _fingerprint()
    _wait(None)
    writer = _writer()
    begun = now()
    kept = answers.find(session, writer, key, begun)
    if kept is not None and not (
        kept.asked == asked and answers.is_broken_off(kept, begun)
    ):
        return _again(kept, asked)
    # The first piece ends the transaction, and with it the lock that others wait for.
    answers.begin(session, writer, (key, asked), begun)
    session.commit()
    said = None
    try:
        response = work()
        if response.status_code < 400:
            said = _said(response)
    finally:
        session.rollback()
        begin_write(session)
        if said is None:
            answers.forget(session, writer, key, begun)
        else:
            answers.keep(session, writer, (key, asked), said, now())
        session.commit()
    return response


def _fingerprint() -> str:
    asked = [request.method.encode(), request.full_path.encode(), request.get_data()]
    return hashlib.sha256(b"\0".join(asked)).hexdigest()


def _said(response: Response, untold: Sequence[str] = ()) -> answers.Said:
    tag, _ = response.get_etag()
    body = {**response.get_json(), **dict.fromkeys(untold)}
    return answers.Said(response.status_code, body, tag or "")


def _wait(within: int | None) -> None:
    """Let nobody else do the same meanwhile."""
    session, who = db.session(), caller()
    if not isinstance(who, ApiKey):
        launch_alone()
    elif within is None:
        lock_tenant(session, who.tenant_id)
    elif lock_course(session, within):
        # What was read before it waited may have changed since.
        session.expire(session.get_one(Context, within))


def _again(kept: KeptAnswer, asked: str) -> Response:
    if kept.asked != asked:
        return problem(422, f"{HEADER}: {ANOTHER}")
    if kept.status == answers.UNDER_WAY:
        return problem(409, f"{HEADER}: {UNDER_WAY}")
    response = jsonify(kept.body)
    response.status_code = kept.status
    if kept.tag:
        response.set_etag(kept.tag)
    return response


def _writer() -> answers.Writer:
    who = caller()
    if isinstance(who, ApiKey):
        return answers.Writer(api_key_id=who.id)
    return answers.Writer(membership_id=who.membership_id)


def _committed(response: Response) -> Response:
    if response.status_code < 400:
        db.session.commit()
    else:
        db.session.rollback()
    return response
