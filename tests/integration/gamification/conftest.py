from collections.abc import Callable
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from typing import Any, Protocol

import pytest
import sqlalchemy as sa
from click.testing import Result
from flask_openapi3.openapi import OpenAPI
from sqlalchemy.orm import Session

from gamification.activity import Fact, Recorded, record
from gamification.awards import badges_for, evaluate, holds
from gamification.standings import Board, Viewer, leaderboard
from gamification.switches import Switch
from models import Award, Badge, Context, Contribution, Item, Membership
from tests.factories import POINT, a_context, a_member, a_registration, a_tenant
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


def counts(recorded: Recorded) -> tuple[int, int, int, int]:
    return (
        recorded.new,
        recorded.corrected,
        recorded.unchanged,
        len(recorded.refused),
    )


def log(session: Session) -> list[Contribution]:
    rows = sa.select(Contribution).order_by(Contribution.id)
    return list(session.scalars(rows.execution_options(populate_existing=True)))


def a_class(
    session: Session,
    now: datetime,
    points: list[int],
    **columns: Any,  # noqa: ANN401 -- any column of the course
) -> list[Membership]:
    """Build a course on whose board everybody is, with so many points each."""
    settings = {"board_enabled": True, "board_participation": "all", **columns}
    context = a_context(session, **settings)
    people = [
        a_member(session, of=context, name=f"Name {n}", alias=f"Alias {n}")
        for n in range(len(points))
    ]
    facts = [
        a_fact(person, "completed", attempt=str(n))
        if n < whole // 3
        else a_fact(person, "graded", attempt=str(n), score=(whole % 3) * 20 * POINT)
        for person, whole in zip(people, points, strict=True)
        for n in range(whole // 3 + 1)
    ]
    assert record(session, facts, now, environment=False).refused == []
    return people


def seen(session: Session, member: Membership, now: datetime) -> Board:
    return leaderboard(session, as_usual(member), now, switch=ON)


def as_usual(member: Membership) -> Viewer:
    return Viewer(member, member.role)


Flask = Callable[..., Result]


@pytest.fixture
def flask(app: OpenAPI) -> Flask:
    """Run a command as `flask …` would."""
    return lambda *words: app.test_cli_runner().invoke(args=words)


@pytest.fixture
def course(session: Session, now: datetime) -> Context:
    """Build a course of three contributors in tenant acme that is on."""
    tenant = a_tenant(session, key="acme")
    context = a_context(
        session,
        registration=a_registration(session, tenant=tenant),
        lti_id="42",
        title="Botany",
    )
    facts = [a_fact(a_member(session, of=context)) for _ in range(3)]
    record(session, facts, now, environment=True)
    session.commit()
    return context


def held(
    session: Session, member: Membership, badges: list[Badge], now: datetime
) -> list[bool]:
    """Return who holds what, after it was seen that reading and writing agree."""
    read = [holds(session, member, badge, now) for badge in badges]
    shown = {
        b.key: b.earned for b in badges_for(session, member, now, switch=ON).badges
    }
    evaluate(session, member.context, now, switch=ON)
    written = [has_open_award(session, member, badge) for badge in badges]
    assert read == written == [shown[badge.key] for badge in badges]
    return read


def has_open_award(session: Session, member: Membership, badge: Badge) -> bool:
    ours = (Award.membership_id == member.id, Award.badge_id == badge.id)
    query = sa.select(Award.id).where(*ours, Award.ended_at.is_(None))
    return session.scalars(query).one_or_none() is not None
