"""How a job reaches a platform: with our key, within bounds, and with no lock held."""

from collections.abc import Iterator
from contextlib import contextmanager

from flask import current_app
from sqlalchemy.orm import Session

from jobs.clock import now
from jobs.settings import settings
from lti import rights
from lti.connector import StrictServiceConnector
from lti.errors import PlatformNotApproved
from lti.http import session_for
from lti.keys import KeyRing, SigningKey
from lti.tokens import TokenCache
from models import Registration
from models.locks import begin_write


@contextmanager
def connected(
    session: Session, registration_id: int
) -> Iterator[StrictServiceConnector]:
    """Yield a client of a platform's services; no transaction is open then.

    What its tokens were good for is remembered, however it ends. Raises
    PlatformNotApproved: what we sign for an address that nobody approved could be
    shown to another platform.
    """
    key = _signing_key(session)
    registration = _approved(session, registration_id)
    with session_for(registration, development=settings().is_development) as http:
        connector = StrictServiceConnector(registration, key, http, _tokens(), now)
        known = set(registration.granted_scopes or ())
        session.rollback()
        try:
            yield connector
        finally:
            if connector.asked & known != connector.granted:
                _note_rights(session, registration_id, connector)


def _approved(session: Session, registration_id: int) -> Registration:
    registration = session.get_one(Registration, registration_id)
    if registration.state != "active":
        error = PlatformNotApproved(registration)
        session.rollback()
        raise error
    return registration


def _note_rights(
    session: Session, registration_id: int, connector: StrictServiceConnector
) -> None:
    session.rollback()
    begin_write(session)
    rights.note(session, registration_id, connector.asked, connector.granted)
    session.commit()


def _signing_key(session: Session) -> SigningKey:
    session.rollback()
    begin_write(session)  # the first signature makes the first key
    ring: KeyRing = current_app.extensions["key_ring"]
    key = ring.signing_key(session, now())
    session.commit()
    return key


def _tokens() -> TokenCache:
    """Return the tokens of this process, for all of its workers."""
    tokens: TokenCache = current_app.extensions.setdefault("tokens", TokenCache())
    return tokens
