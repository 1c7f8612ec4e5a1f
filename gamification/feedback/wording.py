"""The messages of a course: its own words, over its organisation's and the shipped."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gamification.catalog.messages import SHIPPED, checked
from models import Context, MessageTemplate
from models.locks import lock_course


@dataclass(frozen=True)
class Message:
    """What is said at an occasion, and whose words they are."""

    kind: str
    text: str
    origin: str
    """`shipped`, `tenant` or `course`."""
    version: int
    """How many words of its own the course has had for it."""


def messages_of(
    session: Session, context_id: int, tenant: Mapping[str, str]
) -> dict[str, Message]:
    """Return a course's messages by their kinds, in one query.

    `tenant` is what its organisation says, where it says anything.
    """
    rows = session.execute(
        sa.select(
            MessageTemplate.kind, MessageTemplate.text, MessageTemplate.retired_at
        )
        .where(MessageTemplate.context_id == context_id)
        .order_by(MessageTemplate.version)
    ).all()
    found = {}
    for kind, shipped in SHIPPED.items():
        versions = [row for row in rows if row.kind == kind]
        own = next((row.text for row in versions if row.retired_at is None), None)
        below = (tenant[kind], "tenant") if kind in tenant else (shipped, "shipped")
        text, origin = below if own is None else (own, "course")
        found[kind] = Message(kind, text, origin, len(versions))
    return found


def save_messages(
    session: Session,
    context: Context,
    texts: Mapping[str, str | None],
    now: datetime,
) -> bool:
    """Let a course say something else; None: what the layer below says.

    Each other text is a version. Tells whether anything is another. Raises BadMessage.
    Locks the course.
    """
    wanted = {
        kind: None if text is None else checked(kind, text)
        for kind, text in texts.items()
    }
    lock_course(session, context.id)
    known = {
        row.kind: row
        for row in session.scalars(
            sa.select(MessageTemplate)
            .where(MessageTemplate.context_id == context.id)
            .order_by(MessageTemplate.version)
            .execution_options(populate_existing=True)
        )
    }
    changes = 0
    for kind, text in wanted.items():
        row = known.get(kind)
        current = row.text if row and row.retired_at is None else None
        if text != current:
            _replace(session, context.id, row, (kind, text), now)
            changes += 1
    return changes > 0


def _replace(
    session: Session,
    context_id: int,
    row: MessageTemplate | None,
    said: tuple[str, str | None],
    now: datetime,
) -> None:
    kind, text = said
    if row is not None:
        row.retired_at = row.retired_at or now
        # One text at a time: the old one must go before the new one comes.
        session.flush()
    if text is not None:
        number = row.version + 1 if row else 1
        made = MessageTemplate(
            context_id=context_id,
            kind=kind,
            version=number,
            text=text,
            created_at=now,
        )
        session.add(made)
    session.flush()
