"""The program beside which the recompute is measured; pinned: it does not improve.

It takes one contributor at a time, as the second seed's nightly command does: one
transaction a person, one query for all their metrics, one insert-or-ignore for each
badge they earned. The raw driver, the same tables, indexes and settings, and neither
evidence nor news for the streams.
"""

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import psycopg
from sqlalchemy.engine import make_url

METRICS = ("score", "events", "authored", "active_days", "completed")
MEASURE = """
    SELECT coalesce(sum(points), 0),
           count(*) FILTER (WHERE kind IN ('submitted', 'posted', 'completed')),
           count(DISTINCT CASE WHEN kind IN ('submitted', 'posted') THEN item_id END),
           count(DISTINCT CASE WHEN kind IN ('submitted', 'posted', 'completed')
                               THEN day END),
           count(*) FILTER (WHERE kind = 'completed')
      FROM earned WHERE context_id = %s AND membership_id = %s
"""
AWARD = """
    INSERT INTO award (context_id, membership_id, badge_id, badge_version_id,
                       public_id, granted_at, sequence, evidence, bars_regrant)
    VALUES (%s, %s, %s, %s, %s, %s, 1, '{}', false)
    ON CONFLICT DO NOTHING
"""


@dataclass(frozen=True)
class Rule:
    """What a badge asks for, in the metric's unit."""

    badge_id: int
    version_id: int
    metric: str
    needed: int


@dataclass(frozen=True)
class Course:
    context_id: int
    rules: Sequence[Rule]
    moment: str


def run(url: str, course: Course, members: Iterable[int]) -> int:
    """Award what these members earned, each in a transaction; return how many."""
    if url.startswith("sqlite"):
        return _on_sqlite(url, course, members)
    return _on_postgresql(url, course, members)


def _on_sqlite(url: str, course: Course, members: Iterable[int]) -> int:
    measure, award = MEASURE.replace("%s", "?"), AWARD.replace("%s", "?")
    awarded = 0
    with closing(sqlite3.connect(str(make_url(url).database))) as connection:
        connection.isolation_level = None
        for setting in ("synchronous=NORMAL", "foreign_keys=ON", "cache_size=-16384"):
            connection.execute(f"PRAGMA {setting}")
        for member in members:
            connection.execute("BEGIN IMMEDIATE")
            row = connection.execute(measure, (course.context_id, member)).fetchone()
            for values in _earned(course, member, row):
                awarded += connection.execute(award, values).rowcount
            connection.execute("COMMIT")
    return awarded


def _on_postgresql(url: str, course: Course, members: Iterable[int]) -> int:
    awarded = 0
    plain = make_url(url).set(drivername="postgresql")
    with psycopg.connect(plain.render_as_string(hide_password=False)) as connection:
        for member in members:
            row = connection.execute(MEASURE, (course.context_id, member)).fetchone()
            for values in _earned(course, member, row or ()):
                awarded += connection.execute(AWARD, values).rowcount
            connection.commit()
    return awarded


def _earned(
    course: Course, member: int, row: Sequence[Any]
) -> Iterable[tuple[object, ...]]:
    has: Mapping[str, int] = dict(zip(METRICS, row, strict=True))
    for rule in course.rules:
        if has[rule.metric] >= rule.needed:
            badge, version = rule.badge_id, rule.version_id
            name = f"{member}-{badge}"
            yield course.context_id, member, badge, version, name, course.moment
