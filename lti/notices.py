"""Platform Notification Service 1.0: what a platform tells us while nobody launches.

A notice is signed as an id_token is, and names nobody.
https://www.imsglobal.org/spec/lti-pns/v1p0/main/
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from lti import jwts
from lti.errors import LaunchRejected, NoticeRejected
from lti.launch import (
    CONTEXT,
    DEPLOYMENT_ID,
    MESSAGE_TYPE,
    MOST_ORIGINS,
    NOTICE,
    ORIGIN_CONTEXTS,
    VERSION,
)
from lti.platform_keys import PlatformKeys
from models import Deployment, Notice, Registration
from models.upsert import insert

HELLO, CONTEXT_COPY = "LtiHelloWorldNotice", "LtiContextCopyNotice"
KINDS = (HELLO, CONTEXT_COPY)
REQUIRED = ("exp", "iat", "iss", "aud")
MOST_AT_ONCE = 50
LONGEST_ID = 255
LONGEST_ISSUER = 512


@dataclass(frozen=True)
class Envelope:
    """A token nobody has verified yet, and whose word it claims to be."""

    token: str
    issuer: str
    clients: tuple[str, ...]
    deployment: str


@dataclass(frozen=True)
class Sender:
    """A registration that may have sent it, and what we know of the deployment."""

    registration: Registration
    deployment_state: str | None


def open_envelopes(raw: bytes) -> list[Envelope]:
    """Read what was posted: `{"notices": [{"jwt": …}]}`, one to fifty of them.

    Raises NoticeRejected.
    """
    try:
        body = jwts.strict_json(raw)
    except ValueError:
        raise NoticeRejected("not_json") from None
    rows = body.get("notices") if isinstance(body, dict) else None
    if not isinstance(rows, list) or not 0 < len(rows) <= MOST_AT_ONCE:
        raise NoticeRejected("no_notices")
    return [_envelope(row) for row in rows]


def senders(session: Session, envelope: Envelope) -> list[Sender]:
    """Return the active registrations of an envelope's issuer and client."""
    query = (
        sa.select(Registration, Deployment.state)
        .outerjoin(
            Deployment,
            sa.and_(
                Deployment.registration_id == Registration.id,
                Deployment.lti_id == envelope.deployment,
            ),
        )
        .where(
            Registration.issuer == envelope.issuer,
            Registration.client_id.in_(envelope.clients),
            Registration.state == "active",
        )
        .order_by(Registration.id)
    )
    return [Sender(row, state) for row, state in session.execute(query)]


def verify(
    envelope: Envelope, known: Sequence[Sender], keys: PlatformKeys, now: datetime
) -> Notice:
    """Return the notice in an envelope, verified in full and not yet stored.

    Several registrations may share issuer, client and keys: then the deployment must
    be known to exactly one. Raises NoticeRejected.
    """
    admitted = [sender for sender in known if _admits(sender, alone=len(known) == 1)]
    if len(admitted) != 1:
        raise NoticeRejected("sender_unclear" if admitted else "sender_unknown")
    registration = admitted[0].registration
    try:
        body = _verified(envelope.token, registration, keys, now)
    except LaunchRejected as rejected:
        raise NoticeRejected(rejected.reason) from None
    return _notice(body, registration, now)


def store(session: Session, notices: Sequence[Notice]) -> int:
    """Keep notices; return how many are new. One that comes again is kept once."""
    new = 0
    for notice in notices:
        values = {
            column.key: getattr(notice, column.key)
            for column in sa.inspect(Notice).column_attrs
            if column.key != "id"
        }
        new += len(
            session.scalars(
                insert(session, Notice)
                .values(**values)
                .on_conflict_do_nothing(index_elements=["registration_id", "lti_id"])
                .returning(Notice.id)
            ).all()
        )
    return new


def _envelope(row: object) -> Envelope:
    token = row.get("jwt") if isinstance(row, dict) else None
    if not isinstance(token, str):
        raise NoticeRejected("no_jwt")
    try:
        _, body = jwts.parts(token)
    except LaunchRejected as rejected:
        raise NoticeRejected(rejected.reason) from None
    audience = body.get("aud")
    clients = audience if isinstance(audience, list) else [audience]
    return Envelope(
        token,
        _identifier(body.get("iss"), "issuer", LONGEST_ISSUER),
        tuple(_identifier(client, "audience") for client in clients[:10]),
        _identifier(body.get(DEPLOYMENT_ID), "deployment_id"),
    )


def _admits(sender: Sender, *, alone: bool) -> bool:
    if sender.deployment_state is None:
        return alone and sender.registration.deployments == "any"
    return sender.deployment_state == "active"


def _verified(
    token: str, registration: Registration, keys: PlatformKeys, now: datetime
) -> dict[str, Any]:
    header, body = jwts.parts(token)
    jwts.check_party(body, registration.client_id)
    found = jwts.candidates(keys, registration, header, now)
    if not any(jwts.is_signed_by(key, token, registration, REQUIRED) for key in found):
        raise LaunchRejected("signature")
    jwts.check_times(body, now)
    if body.get(VERSION) != "1.3.0":
        raise LaunchRejected("version")
    if MESSAGE_TYPE in body:
        raise LaunchRejected("message_type")
    return body


def _notice(
    body: Mapping[str, Any], registration: Registration, now: datetime
) -> Notice:
    notice, context = _members(body, NOTICE), _members(body, CONTEXT)
    kind = notice.get("type")
    if kind not in KINDS:
        raise NoticeRejected("notice_type")
    is_copy = kind == CONTEXT_COPY
    origins = body.get(ORIGIN_CONTEXTS) if is_copy else []
    if not isinstance(origins, list) or len(origins) > MOST_ORIGINS:
        raise NoticeRejected("origin_contexts")
    named = is_copy or "id" in context
    return Notice(
        registration_id=registration.id,
        lti_id=_identifier(notice.get("id"), "notice_id"),
        kind=kind,
        deployment_lti_id=_identifier(body.get(DEPLOYMENT_ID), "deployment_id"),
        context_lti_id=_identifier(context.get("id"), "context") if named else "",
        origins=[_identifier(origin, "origin_contexts") for origin in origins],
        sent_at=_moment(notice.get("timestamp")),
        received_at=now,
    )


def _members(body: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = body.get(name)
    return value if isinstance(value, dict) else {}


def _identifier(value: object, reason: str, longest: int = LONGEST_ID) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= longest:
        raise NoticeRejected(reason)
    if not (value.isascii() and value.isprintable()):
        raise NoticeRejected(reason)
    return value


def _moment(value: object) -> datetime:
    try:
        moment = datetime.fromisoformat(value if isinstance(value, str) else "")
    except ValueError:
        raise NoticeRejected("notice_timestamp") from None
    if moment.tzinfo is None:
        raise NoticeRejected("notice_timestamp")
    return moment
