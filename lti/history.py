"""Of which earlier course a course is a copy, by the platform's word.

Canvas tells it by a notice and both platforms in `$Context.id.history`: ids of courses,
the nearest first. Whatever follows from it is proposed to the teacher, never done.
"""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from lti.launch import Launch
from lti.notices import CONTEXT_COPY
from models import Badge, Context, CopyProposal, Notice
from models.upsert import insert


def propose_by_launch(
    session: Session, context: Context, launch: Launch, now: datetime
) -> None:
    """Propose the nearest earlier course that we know, at a course's first launch.

    A notice that came before is remembered, and is nearer than the history.
    """
    noticed = session.scalars(
        sa.select(Notice.origins)
        .where(
            Notice.registration_id == context.registration_id,
            Notice.context_lti_id == context.lti_id,
            Notice.kind == CONTEXT_COPY,
        )
        .order_by(Notice.sent_at.desc(), Notice.id.desc())
        .limit(1)
    ).first()
    if not _propose(session, context, noticed or (), "notice", now):
        _propose(session, context, launch.context_history, "history", now)


def propose_by_notices(
    session: Session, notices: Sequence[Notice], now: datetime
) -> None:
    """Propose the same for the courses of notices that were launched already."""
    for notice in notices:
        if notice.kind != CONTEXT_COPY:
            continue
        context = session.scalars(
            sa.select(Context).filter_by(
                registration_id=notice.registration_id, lti_id=notice.context_lti_id
            )
        ).one_or_none()
        if context is not None:
            _propose(session, context, notice.origins, "notice", now)


def _propose(
    session: Session,
    context: Context,
    origins: Sequence[str],
    found_by: str,
    now: datetime,
) -> bool:
    """Propose the first of these courses that has badges; once for each course."""
    source = _nearest(session, context, origins)
    if source is None:
        return False
    session.execute(
        insert(session, CopyProposal)
        .values(
            context_id=context.id,
            source_id=source,
            found_by=found_by,
            state="proposed",
            created_at=now,
        )
        .on_conflict_do_nothing(index_elements=["context_id"])
    )
    return True


def _nearest(session: Session, context: Context, origins: Sequence[str]) -> int | None:
    if not origins:
        return None
    # Where nobody ever turned anything on there is nothing to take.
    has_badges = sa.exists().where(Badge.context_id == Context.id)
    query = sa.select(Context.lti_id, Context.id).where(
        Context.registration_id == context.registration_id,
        Context.id != context.id,
        Context.lti_id.in_(origins),
        has_badges,
    )
    known = dict(session.execute(query).all())
    return next((known[origin] for origin in origins if origin in known), None)
