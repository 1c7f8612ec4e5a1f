"""Which line items of a platform take our scores: those that carry our tag."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from lti.grades import LineItem
from lti.line_items import SCORE_TAG
from models import Context, ScoreItem
from models.upsert import insert


def takes_scores(item: LineItem) -> bool:
    """Tell whether a line item is ours to fill; its results are not read back."""
    return item.tag == SCORE_TAG


def store(
    session: Session, context: Context, line_items: Sequence[LineItem], now: datetime
) -> None:
    """Remember a whole list of these line items; one that is not in it is gone.

    One that was gone and is listed again takes scores again. Hold the course's lock.
    """
    for item in line_items:
        values = {"label": item.label, "gone_at": None}
        session.execute(
            insert(session, ScoreItem)
            .values(context_id=context.id, url=item.url, **values)
            .on_conflict_do_update(index_elements=["context_id", "url"], set_=values)
        )
    listed = [item.url for item in line_items]
    session.execute(
        sa.update(ScoreItem)
        .where(ScoreItem.context_id == context.id, ScoreItem.url.not_in(listed))
        .where(ScoreItem.gone_at.is_(None))
        .values(gone_at=now)
    )


def mark_gone(session: Session, item_id: int, now: datetime) -> None:
    """Send nothing more to a line item until a list names it again."""
    session.execute(
        sa.update(ScoreItem).where(ScoreItem.id == item_id).values(gone_at=now)
    )
