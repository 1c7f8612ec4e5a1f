from collections.abc import Callable
from contextlib import AbstractContextManager, contextmanager
from typing import Any, Protocol

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from gamification.activity import Fact, Recorded, record
from gamification.switches import Switch
from models import Item, Membership
from tests.factories import POINT
from tests.support.clock import NOW

ON = Switch(environment=True, tenant=True, course=True)


class Act(Protocol):
    def __call__(
        self,
        member: Membership,
        kind: str = "submitted",
        item: Item | None = None,
        **named: Any,  # noqa: ANN401 -- any other field of the fact
    ) -> Recorded: ...


@pytest.fixture
def act(session: Session) -> Act:
    """Record one act of a member, at `now`, while everything is on."""

    def act(
        member: Membership,
        kind: str = "submitted",
        item: Item | None = None,
        **named: Any,  # noqa: ANN401 -- any other field of the fact
    ) -> Recorded:
        return record(
            session, [a_fact(member, kind, item, **named)], NOW, environment=True
        )

    return act


def a_fact(
    member: Membership,
    kind: str = "submitted",
    item: Item | None = None,
    **named: Any,  # noqa: ANN401 -- any other field of the fact
) -> Fact:
    if kind == "graded":
        named = {"score": 100 * POINT, "maximum": 100 * POINT, **named}
    return Fact(
        context_id=member.context_id,
        membership_id=member.id,
        kind=kind,
        item_id=item.id if item else None,
        **{"occurred_at": NOW, "source": "test", **named},
    )


Counting = Callable[[], AbstractContextManager[list[str]]]


@pytest.fixture
def statements(engine: sa.Engine) -> Counting:
    """Collect the statements that go to the database inside of a block."""

    @contextmanager
    def counting() -> Any:  # noqa: ANN401 -- a generator
        seen: list[str] = []

        def note(*arguments: Any) -> None:  # noqa: ANN401 -- SQLAlchemy's signature
            seen.append(arguments[2])

        sa.event.listen(engine, "before_cursor_execute", note)
        yield seen
        sa.event.remove(engine, "before_cursor_execute", note)

    return counting
