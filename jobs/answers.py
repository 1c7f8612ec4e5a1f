"""What writes were answered, kept for a day."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import KeptAnswer
from models.upsert import insert

KEPT = timedelta(days=1)
UNDER_WAY = 102
"""The status of what is still being done: it has no answer yet."""
GIVEN_UP = timedelta(minutes=15)
"""What is under way for longer was broken off; somebody else may do it."""


@dataclass(frozen=True)
class Writer:
    """Who wrote: a member of a course, or a program by its key."""

    membership_id: int | None = None
    api_key_id: int | None = None

    @property
    def column(self) -> str:
        """The column that holds it; the other one is empty."""
        return "api_key_id" if self.membership_id is None else "membership_id"

    @property
    def id(self) -> int | None:
        return self.api_key_id if self.membership_id is None else self.membership_id


@dataclass(frozen=True)
class Said:
    """An answer, as it can be given again."""

    status: int
    body: dict[str, Any]
    tag: str = ""


def find(
    session: Session, writer: Writer, key: str, now: datetime
) -> KeptAnswer | None:
    """Return what a caller's write of this key was answered within a day."""
    return session.scalar(
        sa.select(KeptAnswer)
        .where(
            getattr(KeptAnswer, writer.column) == writer.id,
            KeptAnswer.key == key,
            KeptAnswer.created_at > now - KEPT,
        )
        .execution_options(populate_existing=True)
    )


def is_broken_off(kept: KeptAnswer, now: datetime) -> bool:
    """Tell whether it was begun and nobody is doing it any more."""
    return kept.status == UNDER_WAY and kept.created_at <= now - GIVEN_UP


def begin(
    session: Session, writer: Writer, asked: tuple[str, str], now: datetime
) -> None:
    """Keep that a write is under way, until `keep` has its answer or `forget` is told.

    What is committed tells whoever asks for the same meanwhile.
    """
    keep(session, writer, asked, Said(UNDER_WAY, {}), now)


def forget(session: Session, writer: Writer, key: str, begun: datetime) -> None:
    """Let a key be tried again whose write began then and came to nothing.

    One that somebody else has begun since, or finished, stays.
    """
    session.execute(
        sa.delete(KeptAnswer).where(
            getattr(KeptAnswer, writer.column) == writer.id,
            KeptAnswer.key == key,
            KeptAnswer.status == UNDER_WAY,
            KeptAnswer.created_at == begun,
        )
    )


def keep(
    session: Session,
    writer: Writer,
    asked: tuple[str, str],
    said: Said,
    now: datetime,
) -> None:
    """Keep an answer under its key; `asked` is the key, and what was asked with it.

    It takes the place of one whose day is over.
    """
    key, fingerprint = asked
    values = {
        "asked": fingerprint,
        "status": said.status,
        "body": said.body,
        "tag": said.tag,
        "created_at": now,
    }
    session.execute(
        insert(session, KeptAnswer)
        .values({writer.column: writer.id, "key": key, **values})
        .on_conflict_do_update(index_elements=[writer.column, "key"], set_=values)
    )
