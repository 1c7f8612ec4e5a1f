"""A course of any size: twenty facts a learner, made from one seed."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from itertools import islice
from random import Random
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gamification.metrics import POINT
from models import (
    Base,
    Context,
    Contribution,
    Deployment,
    Earned,
    Item,
    Membership,
    Registration,
    Tenant,
    User,
)

TENANT = "bench"
FACTS = 39
"""At most; from one on, and so twenty a learner in the middle."""
ITEMS = 40
DAYS = 60
WEIGHTS = {"submitted": 2, "posted": 1, "completed": 3, "graded": 4}
AT_ONCE = 20_000
Row = tuple[object, ...]
Found = TypeVar("Found", bound=Base)


def fill(session: Session, learners: int, now: datetime) -> int:
    """Fill an empty database with one course that is on; return the course's id.

    The facts are written as `activity.record` would leave them, without their
    standings: no badge depends on these.
    """
    context = _a_course(session, now)
    course, tenant, items = context.id, context.tenant_id, _items(session, context)
    moment = _text(now)
    numbers = range(1, learners + 1)
    people = ((n, f"learner-{n}", tenant, moment) for n in numbers)
    _load(session, User, ("id", "public_id", "tenant_id", "created_at"), people)
    _load(
        session,
        Membership,
        ENROLLED,
        (
            (n, course, n, f"Learner {n}", "learner", "active", "", moment)
            for n in numbers
        ),
    )
    _load(session, Contribution, LOGGED, _logged(course, items, learners, now))
    _load(session, Earned, EARNED, _earned(course, items, learners, now))
    session.commit()
    if session.get_bind().dialect.name == "postgresql":
        for model in (User, Membership, Contribution):
            _count_on(session, model)
        # Its autovacuum would do that; SQLite plans without, as it does for us.
        session.execute(sa.text("ANALYZE"))
        session.commit()
    return course


ENROLLED = (
    *("id", "context_id", "user_id", "name", "role", "status", "alias"),
    "first_seen_at",
)
LOGGED = (
    *("id", "context_id", "membership_id", "item_id", "kind", "status"),
    *("occurred_at", "recorded_at", "seen_at", "source", "fact_key", "revision"),
)
EARNED = (
    *("contribution_id", "context_id", "membership_id", "item_id", "kind", "status"),
    *("points", "day", "occurred_at"),
)


def _logged(
    course: int, items: Sequence[int], learners: int, now: datetime
) -> Iterator[Row]:
    for number, (member, kind, item, day) in enumerate(_acts(items, learners, now), 1):
        moment = f"{day} 12:00:00.000000"
        what = (number, course, member, item, kind, "normal")
        yield (*what, moment, moment, moment, "bench", f"{kind}:{item}:{number}", 1)


def _earned(
    course: int, items: Sequence[int], learners: int, now: datetime
) -> Iterator[Row]:
    for number, (member, kind, item, day) in enumerate(_acts(items, learners, now), 1):
        what = (number, course, member, item, kind, "normal")
        yield (*what, WEIGHTS[kind] * POINT, day, f"{day} 12:00:00.000000")


def _acts(
    items: Sequence[int], learners: int, now: datetime
) -> Iterator[tuple[int, str, int, date]]:
    chance = Random(20)  # noqa: S311 -- every run measures the same course
    kinds = tuple(WEIGHTS)
    for member in range(1, learners + 1):
        for _ in range(chance.randint(1, FACTS)):
            day = now.date() - timedelta(days=chance.randrange(DAYS))
            yield member, chance.choice(kinds), chance.choice(items), day


def _a_course(session: Session, now: datetime) -> Context:
    address, born = "https://lms.example", {"created_at": now}
    tenant = _saved(session, Tenant(key=TENANT, name="Bench", enabled=True, **born))
    registration = Registration(
        tenant_id=tenant.id,
        issuer=address,
        client_id="bench",
        auth_login_url=address,
        token_url=address,
        jwks_url=address,
        **born,
    )
    _saved(session, registration)
    owners = {"tenant_id": tenant.id, "registration_id": registration.id}
    place = _saved(session, Deployment(**owners, lti_id="1", first_seen_at=now))
    return _saved(
        session,
        Context(**owners, deployment_id=place.id, lti_id="1", enabled=True, **born),
    )


def _saved(session: Session, row: Found) -> Found:
    session.add(row)
    session.flush()
    return row


def _items(session: Session, context: Context) -> list[int]:
    items = [
        Item(context_id=context.id, key=f"item-{n}", label=f"Item {n}")
        for n in range(ITEMS)
    ]
    session.add_all(items)
    session.flush()
    return [item.id for item in items]


def _load(
    session: Session, model: type[Base], columns: Sequence[str], rows: Iterable[Row]
) -> None:
    """Write many rows the way the database likes best."""
    table, names = f'"{model.__tablename__}"', ", ".join(columns)
    if session.get_bind().dialect.name == "postgresql":
        driver: Any = session.connection().connection.driver_connection
        with driver.cursor().copy(f"COPY {table} ({names}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        return
    marks = ", ".join("?" for _ in columns)
    statement = f"INSERT INTO {table} ({names}) VALUES ({marks})"  # noqa: S608 -- names of ours
    left = iter(rows)
    while some := list(islice(left, AT_ONCE)):
        session.connection().exec_driver_sql(statement, some)


def _count_on(session: Session, model: type[User | Membership | Contribution]) -> None:
    """Let PostgreSQL's next row have the number after the last one written here."""
    numbers = sa.func.pg_get_serial_sequence(f'"{model.__tablename__}"', "id")
    last = sa.select(sa.func.max(model.id)).scalar_subquery()
    session.execute(sa.select(sa.func.setval(numbers, last)))


def _text(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S.%f}"
