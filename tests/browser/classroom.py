"""A course that is on already, with people in it who have done something."""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from campus.records import Person
from config import ROOT
from gamification.activity import Fact, record
from gamification.catalog import adopt, load
from models import Context, Item, Membership
from tests.factories import a_context, a_member, an_item
from tests.support.clock import NOW
from tests.support.platform import Registered

SHIPPED = ROOT / "catalog.toml"
CLASSMATES = (
    "Chiara Fontana",
    "Giorgi Beridze",
    "Hana Novotná",
    "Kwame Asante",
    "Lan Phạm",
    "Wanjiru Kamau",
)


def a_class(
    session: Session,
    registered: Registered,
    *,
    classmates: tuple[str, ...] = (),
    catalog: Path = SHIPPED,
    **columns: Any,  # noqa: ANN401 -- any other column of the row
) -> Context:
    """Switch the cast's course on; everybody named has a little more than the next.

    They have all joined the board. `columns` are the course's.
    """
    course, registration = registered.cast.course, registered.registration
    context = a_context(
        session,
        registration=registration,
        lti_id=course.context_id,
        title=course.title,
        label=course.label,
        **columns,
    )
    adopt(session, context, load(catalog), NOW)
    known = [
        a_member(session, of=context, name=name, board_consent=True)
        for name in classmates
    ]
    if known:
        ahead = range(len(known) + 1, 1, -1)
        works(
            session,
            context,
            dict(zip((member.id for member in known), ahead, strict=True)),
        )
    session.commit()
    return context


def a_learner(
    session: Session,
    context: Context,
    person: Person,
    *,
    items: int = 0,
    **columns: Any,  # noqa: ANN401 -- any other column of the row
) -> Membership:
    """Let somebody of the campus be known, and have worked, before the first launch."""
    member = a_member(session, of=context, name=person.name, sub=person.sub, **columns)
    if items:
        works(session, context, {member.id: items})
    session.commit()
    return member


def works(session: Session, context: Context, done: Mapping[int, int]) -> None:
    """Let members hand in and complete so many items each, one a day until now."""
    items = _items(session, context, max(done.values()))
    facts = [
        Fact(
            context_id=context.id,
            membership_id=member,
            kind=kind,
            occurred_at=NOW - timedelta(days=number + 1),
            source="test",
            item_id=item,
        )
        for member, count in done.items()
        for number, item in enumerate(items[:count])
        for kind in ("submitted", "completed")
    ]
    record(session, facts, NOW, environment=True)
    session.commit()


def _items(session: Session, context: Context, count: int) -> list[int]:
    """Return the course's first items; those that are not there yet are made."""
    query = sa.select(Item.id).where(Item.context_id == context.id).order_by(Item.id)
    known = list(session.scalars(query))
    new = range(len(known), count)
    known += [an_item(session, of=context, key=f"task-{number}").id for number in new]
    return known[:count]
