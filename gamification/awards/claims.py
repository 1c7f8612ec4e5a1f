"""Codes that give a badge: made by who teaches, said by who learns."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gamification.awards.giving import (
    Gift,
    Given,
    Giver,
    Outcome,
    give,
)
from models import OPERATOR, Badge, ClaimAttempt, ClaimCode, Context, Membership
from models.locks import lock_course

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Without what is read as another: 0 and O, 1 and I."""
LENGTH, GROUP = 12, 4
"""Sixty bits: nobody guesses one, and its hash alone is kept."""
MOST_WRONG, WITHIN = 10, timedelta(minutes=10)
"""So many wrong words of one person, in all of their launches together."""


@dataclass(frozen=True)
class Terms:
    """What a code gives, how often and for how long."""

    badge: str
    """The badge's key."""
    uses: int
    expires_at: datetime


@dataclass(frozen=True)
class CodeRow:
    """A code as its course's staff sees it: never the word itself."""

    id: str
    badge: str
    uses: int
    used: int
    state: str
    """`open`, `used_up`, `expired` or `revoked`."""
    created_at: datetime
    expires_at: datetime


def make_code(
    session: Session, context: Context, terms: Terms, by: str, now: datetime
) -> tuple[CodeRow, str] | None:
    """Make a code; return it with its word, which is told once and kept nowhere.

    `by` is our id of the person. None where the course has no such badge to give.
    """
    lock_course(session, context.id)
    badge = session.scalar(
        sa.select(Badge).where(
            Badge.context_id == context.id,
            Badge.key == terms.badge,
            Badge.state == "active",
        )
    )
    if badge is None:
        return None
    word = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
    code = ClaimCode(
        context_id=context.id,
        badge_id=badge.id,
        code_hash=_hash(word),
        uses=terms.uses,
        made_by=by,
        created_at=now,
        expires_at=terms.expires_at,
    )
    session.add(code)
    session.flush()
    groups = (word[start : start + GROUP] for start in range(0, LENGTH, GROUP))
    return _row(code, badge.key, now), "-".join(groups)


def codes_of(session: Session, context_id: int, now: datetime) -> list[CodeRow]:
    """Return the newest 200 codes of a course, the newest first."""
    query = _codes(context_id).order_by(ClaimCode.id.desc()).limit(200)
    return [_row(code, key, now) for code, key in session.execute(query)]


def code_of(
    session: Session, context_id: int, public_id: str, now: datetime
) -> CodeRow | None:
    """Return one code of a course; None where it has no such code."""
    query = _codes(context_id).where(ClaimCode.public_id == public_id)
    found = session.execute(query).one_or_none()
    return _row(found[0], found[1], now) if found else None


def revoke_code(
    session: Session, context_id: int, public_id: str, now: datetime
) -> CodeRow | None:
    """Let a code give nothing any more; what it gave stays. None: no such code."""
    lock_course(session, context_id)
    query = _codes(context_id).where(ClaimCode.public_id == public_id)
    found = session.execute(query).one_or_none()
    if found is None:
        return None
    code, key = found
    code.revoked_at = code.revoked_at or now
    session.flush()
    return _row(code, key, now)


def claim(
    session: Session, member: Membership, said: str, now: datetime
) -> Outcome | None:
    """Give a member the badge of the code they say; None for a word that gives none.

    Whoever has the badge uses nothing up. Locks the course: of two who want the last
    use one gets it.
    """
    lock_course(session, member.context_id)
    code = _find(session, member.context_id, said, now)
    if code is None:
        return None
    badge = session.get_one(Badge, code.badge_id)
    role = OPERATOR if code.made_by == OPERATOR else "instructor"
    by = Giver(code.made_by, role, "code", code.public_id)
    gift = Gift(user=member.user.public_id, badge=badge.key)
    (outcome,) = give(session, member.context, [gift], by, now)
    if isinstance(outcome, Given) and outcome.is_new:
        code.used += 1
        session.flush()
    return outcome


def may_try(session: Session, member: Membership, now: datetime) -> bool:
    """Tell whether a member may say a word: not after too many wrong ones."""
    wrong = sa.select(sa.func.count()).where(
        ClaimAttempt.membership_id == member.id, ClaimAttempt.tried_at > now - WITHIN
    )
    return (session.scalar(wrong) or 0) < MOST_WRONG


def note_wrong(session: Session, member: Membership, now: datetime) -> None:
    """Write down that a member said a word that gives nothing."""
    session.add(ClaimAttempt(membership_id=member.id, tried_at=now))
    session.flush()


def _codes(context_id: int) -> sa.Select[*tuple[Any, ...]]:
    return (
        sa.select(ClaimCode, Badge.key)
        .join(Badge, Badge.id == ClaimCode.badge_id)
        .where(ClaimCode.context_id == context_id)
        .execution_options(populate_existing=True)
    )


def _find(
    session: Session, context_id: int, said: str, now: datetime
) -> ClaimCode | None:
    """Return the code of a word, if it still gives anything.

    Looked up by its hash: how long that takes tells nothing of the word.
    """
    wanted = _hash(said)
    query = sa.select(ClaimCode).where(
        ClaimCode.context_id == context_id, ClaimCode.code_hash == wanted
    )
    code = session.scalar(query.execution_options(populate_existing=True))
    known = code.code_hash if code else _hash("")
    is_right = hmac.compare_digest(known, wanted)
    return code if code and is_right and _state(code, now) == "open" else None


def _state(code: ClaimCode, now: datetime) -> str:
    if code.revoked_at is not None:
        return "revoked"
    if code.used >= code.uses:
        return "used_up"
    return "expired" if code.expires_at <= now else "open"


def _row(code: ClaimCode, badge: str, now: datetime) -> CodeRow:
    counts = (code.uses, code.used, _state(code, now))
    return CodeRow(code.public_id, badge, *counts, code.created_at, code.expires_at)


def _hash(word: str) -> str:
    plain = "".join(char for char in word.upper() if char in ALPHABET)
    return hashlib.sha256(plain.encode()).hexdigest()
