"""Launches that are true, of a browser that has yet to prove that it began them.

Browsers that keep no cookie in a frame prove it by their own storage or by the
platform's (lti-pm-s): the launch waits for that a minute at most.
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from lti.launch import Launch
from models import Login, PendingLaunch

LASTS = timedelta(seconds=60)


@dataclass(frozen=True)
class Waiting:
    """A launch taken out, and the state of its login: what the browser must show."""

    state: str
    launch: Launch

    def is_proven_by(self, proof: str) -> bool:
        """Tell whether a browser showed the state; an empty one proves nothing."""
        shown = proof.encode(errors="replace")
        return bool(self.state) and hmac.compare_digest(shown, self.state.encode())


def hold(session: Session, login: Login, launch: Launch, now: datetime) -> str:
    """Keep a verified launch for a minute; return the name to ask for it by."""
    name = secrets.token_urlsafe(32)
    session.execute(
        sa.insert(PendingLaunch).values(
            token_hash=_hash(name),
            login_id=login.id,
            claims=launch.as_stored(),
            expires_at=now + LASTS,
        )
    )
    return name


def take(session: Session, name: str, now: datetime) -> Waiting | None:
    """Take a waiting launch out, once; None when there is none, or no more."""
    taken = session.execute(
        sa.delete(PendingLaunch)
        .where(PendingLaunch.token_hash == _hash(name))
        .returning(
            PendingLaunch.login_id, PendingLaunch.claims, PendingLaunch.expires_at
        )
    ).one_or_none()
    if taken is None or taken.expires_at <= now:
        return None
    state = session.scalar(sa.select(Login.state).filter_by(id=taken.login_id))
    return Waiting(state or "", Launch.restored(taken.claims))


def _hash(name: str) -> str:
    return hashlib.sha256(name.encode(errors="replace")).hexdigest()
