"""A course that is on already, with people in it who have done something."""

from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from campus.records import Person
from config import ROOT
from gamification.activity import Fact, record
from gamification.catalog import adopt, load
from models import Context, Membership
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
    for ahead, name in enumerate(reversed(classmates), start=2):
        works(
            session, a_member(session, of=context, name=name, board_consent=True), ahead
        )
    session.commit()
    return context


def a_learner(
    session: Session,
    context: Context,
    person: Person,
    **columns: Any,  # noqa: ANN401 -- any other column of the row
) -> Membership:
    """Let somebody of the campus be known in the course before the first launch."""
    member = a_member(session, of=context, name=person.name, sub=person.sub, **columns)
    session.commit()
    return member


def works(session: Session, member: Membership, items: int) -> None:
    """Let somebody hand in and complete so many items, one a day until yesterday."""
    context = session.get_one(Context, member.context_id)
    facts = []
    for number in range(items):
        item = an_item(session, of=context, key=f"item-{member.id}-{number}")
        facts += [
            Fact(
                context_id=context.id,
                membership_id=member.id,
                kind=kind,
                occurred_at=NOW - timedelta(days=number + 1),
                source="test",
                item_id=item.id,
            )
            for kind in ("submitted", "completed")
        ]
    record(session, facts, NOW, environment=True)
    session.commit()
