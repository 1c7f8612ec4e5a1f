"""Writing down what changed for whom: once, and not for whoever wants no such news."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import Award, Notification, NotificationPreference
from models.portable import AsJson
from models.upsert import insert

MOST_ALONE = 3
"""More changes of one kind at one moment than these are one piece of news."""


@dataclass(frozen=True)
class Change:
    """Something that changed for a member."""

    membership_id: int
    kind: str
    key: str
    """What no other change of this member is called: it is told once."""
    subject: dict[str, Any]
    """Ids alone."""


def tell(
    session: Session, context_id: int, changes: Sequence[Change], now: datetime
) -> None:
    """Write news of some changes; what was told is not told again.

    More than three of a kind for one member are one piece of news. Two statements,
    whatever their number; in the caller's transaction, as the changes are.
    """
    wanted = _wanted(session, changes)
    if not wanted:
        return
    many = Counter((change.membership_id, change.kind) for change in wanted)
    first: dict[tuple[int, str], str] = {}
    rows = []
    for change in wanted:
        of_a_kind = change.membership_id, change.kind
        lead = first.setdefault(of_a_kind, change.key)
        rows.append(
            {
                "context_id": context_id,
                "membership_id": change.membership_id,
                "kind": change.kind,
                "key": change.key,
                "bundle": lead if many[of_a_kind] > MOST_ALONE else change.key,
                "subject": change.subject,
                "created_at": now,
            }
        )
    statement = insert(session, Notification).on_conflict_do_nothing(
        index_elements=["membership_id", "key"]
    )
    session.execute(statement, rows)


def tell_of_awards(
    session: Session,
    context_id: int,
    kind: str,
    which: sa.ColumnElement[bool],
    now: datetime,
) -> None:
    """Write news of those awards of a course of which `which` holds: one statement.

    Nothing is read, so that it takes no memory where a whole course gains a badge.
    """
    number = sa.cast(Award.id, sa.Text)
    key = sa.literal(f"{kind}:", sa.Text) + number
    first = sa.func.min(Award.id).over(partition_by=Award.membership_id)
    lead = sa.literal(f"{kind}:", sa.Text) + sa.cast(first, sa.Text)
    columns = {
        "context_id": Award.context_id,
        "membership_id": Award.membership_id,
        "kind": sa.literal(kind, sa.Text),
        "key": key,
        "bundle": sa.case(
            (sa.func.count().over(partition_by=Award.membership_id) > MOST_ALONE, lead),
            else_=key,
        ),
        "subject": AsJson(sa.literal('{"award": ', sa.Text) + number + "}"),
        "created_at": sa.literal(now, Notification.created_at.type),
    }
    told = (
        sa.select(*columns.values())
        .where(Award.context_id == context_id, which, ~_is_off(kind))
        .order_by(Award.id)
    )
    session.execute(
        insert(session, Notification)
        .from_select(list(columns), told)
        .on_conflict_do_nothing(index_elements=["membership_id", "key"])
    )


def _is_off(kind: str) -> sa.ColumnElement[bool]:
    """Hold for awards whose owner wants no news of this kind."""
    return sa.exists().where(
        NotificationPreference.membership_id == Award.membership_id,
        NotificationPreference.kind == kind,
    )


def _wanted(session: Session, changes: Iterable[Change]) -> list[Change]:
    """Leave out what its member does not want to be told."""
    asked = list(changes)
    if not asked:
        return []
    query = sa.select(
        NotificationPreference.membership_id, NotificationPreference.kind
    ).where(
        NotificationPreference.membership_id.in_({one.membership_id for one in asked}),
        NotificationPreference.kind.in_({one.kind for one in asked}),
    )
    off = {(member, kind) for member, kind in session.execute(query)}
    return [one for one in asked if (one.membership_id, one.kind) not in off]
