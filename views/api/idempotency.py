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
from models.locks import lock_course, lock_tenant
from views.api.problems import problem
from views.guards import caller, launch_session

HEADER = "Idempotency-Key"
ANOTHER = "This Idempotency-Key was sent with something else: take a new one."


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
    session, writer = db.session(), _writer()
    _wait(within)
    asked = hashlib.sha256(
        b"\0".join(
            [request.method.encode(), request.full_path.encode(), request.get_data()]
        )
    ).hexdigest()
    kept = answers.find(session, writer, key, now())
    if kept is not None and kept.asked != asked:
        return problem(422, f"{HEADER}: {ANOTHER}")
    if kept is not None:
        return _again(kept)
    response = work()
    if response.status_code < 400:
        tag, _ = response.get_etag()
        body = {**response.get_json(), **dict.fromkeys(untold)}
        said = answers.Said(response.status_code, body, tag or "")
        answers.keep(session, writer, (key, asked), said, now())
    return _committed(response)


def _wait(within: int | None) -> None:
    """Let nobody else do the same meanwhile."""
    session, who = db.session(), caller()
    if within is None and isinstance(who, ApiKey):
        lock_tenant(session, who.tenant_id)
        return
    course_id = within or launch_session().context_id
    if lock_course(session, course_id):
        # What was read before it waited may have changed since.
        session.expire(session.get_one(Context, course_id))


def _again(kept: KeptAnswer) -> Response:
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
