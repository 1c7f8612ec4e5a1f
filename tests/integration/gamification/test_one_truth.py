"""One scoring system and one evaluation, whoever asks; and no memory for the class."""

import re
import tracemalloc
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from flask_openapi3.openapi import OpenAPI
from sqlalchemy.orm import Session

from gamification.awards import badges_for, recompute
from gamification.awards.portfolio import portfolio
from gamification.awards.preview import Proposal, preview
from gamification.catalog import Criterion, load
from gamification.metrics import METRICS, POINT
from gamification.standings import digest, standing_of
from models import Award, Context, Contribution, Earned, Membership, User
from tests.factories import a_badge, a_context, a_member, an_item
from tests.integration.gamification.conftest import ON, Act, Counting
from tests.support.launches import CATALOG, a_caller, a_live_course, hand_in
from tests.support.measuring import values

SMALL, LARGE = 1_000, 10_000
WEEK = timedelta(days=7)


PARAMETER = re.compile(r"(?:%\(\w+\)s|\?)(?:::\w+)?")


def asks_every_metric(session: Session, statements: list[str]) -> bool:
    """Tell whether the sums of `gamification.metrics` are in what was asked."""
    dialect = session.get_bind().dialect
    asked = bare(" ".join(statements))
    sums = [str(metric.column.compile(dialect=dialect)) for metric in METRICS.values()]
    return all(bare(one) in asked for one in sums)


def bare(sql: str) -> str:
    """Return a statement without the names of its parameters."""
    return PARAMETER.sub("?", " ".join(sql.split()))


@pytest.mark.demand("A24")
def test_badges_digest_and_recompute_ask_the_same_metrics(
    session: Session, now: datetime, act: Act, statements: Counting
) -> None:
    course = a_live_course(session)
    ada = a_member(session, of=course)
    act(ada)
    tenant, catalog = course.tenant.key, load(CATALOG)
    faces = {
        "badges": lambda: badges_for(session, ada, now, switch=ON),
        "assistant": lambda: portfolio(
            session, tenant, ada.user.public_id, now, environment=True
        ),
        "digest": lambda: digest(session, course, now, switch=ON),
        "recompute": lambda: recompute(
            session, course, now, catalog=catalog, environment=True
        ),
    }
    found = {}

    for name, face in faces.items():
        with statements() as seen:
            face()
        found[name] = asks_every_metric(session, seen)

    assert found == dict.fromkeys(faces, True)
    assert not asks_every_metric(session, ["SELECT count(*) FROM award"])


@pytest.mark.demand("A24")
def test_a_changed_metric_changes_every_face(
    app: OpenAPI,
    client: FlaskClient,
    session: Session,
    now: datetime,
) -> None:
    course = a_live_course(session)
    ada = a_member(session, of=course)
    hand_in(session, ada, times=7)
    session.commit()
    caller, teacher = (
        a_caller(session, client, member=ada),
        a_caller(session, client, of=course, role="instructor"),
    )
    points = values(session, course.id, "score")[ada.id] // POINT
    events = values(session, course.id, "events")[ada.id]

    standing, week = standing_of(session, ada), digest(session, course, now, switch=ON)
    api = caller.get("/api/me/badges").json

    assert api is not None
    assert week is not None
    assert (points, events) == (14, 7)
    assert (standing.points, standing.events) == (points, events)
    assert (week.points, week.events) == (points, events)
    assert {b["progress"] for b in api["badges"] if b["metric"] == "score"} == {points}
    assert f'pride-figure">{points}<' in caller.get("/panel/overview").text
    assert (
        f"{events} contributions, {points} points" in teacher.get("/panel/manage").text
    )


@pytest.mark.demand("A24")
@pytest.mark.parametrize(
    ("leaf", "number", "best"),
    [
        ({"metric": "percent", "item": "quiz-1"}, 77, ("result_percent", 90)),
        (
            {"metric": "average_percent", "items": ["quiz-1", "quiz-2"]},
            *(83, ("result_percent", 90)),
        ),
        ({"metric": "streak_weeks"}, 3, ("run_weeks", 3)),
    ],
)
def test_a_result_an_average_and_a_streak_are_one_number_to_all(
    client: FlaskClient,
    session: Session,
    now: datetime,
    act: Act,
    leaf: dict[str, Any],
    number: int,
    best: tuple[str, int],
) -> None:
    course = a_live_course(session)
    ada = a_member(session, of=course)
    had, ahead = (
        a_badge(session, of=course, criterion={**leaf, "at_least": number + more})
        for more in (0, 1)
    )
    work(session, ada, act, now)
    learner = a_caller(session, client, member=ada)

    api: Any = learner.get("/api/me/badges").json
    page = learner.get(f"/panel/badges/{ahead.key}").text
    mine: Any = learner.get("/api/v1/me/progress").json
    gains = [
        preview(session, course, Proposal(rule), now).gains.count
        for rule in (
            Criterion.from_json({**leaf, "at_least": number + more}) for more in (0, 1)
        )
    ]

    awarded = session.scalars(sa.select(Award.badge_id)).all()
    told = {badge["key"]: badge["progress"] for badge in api["badges"]}
    assert (had.id in awarded, ahead.id in awarded) == (True, False)
    assert (told[had.key], told[ahead.key]) == (number, number)
    assert f'max="{number + 1}"' in page
    assert f'value="{number}"' in page
    assert gains == [1, 0]
    assert mine["bests"][best[0]] == best[1]


@pytest.mark.demand("A28")
def test_the_nightly_look_writes_what_the_live_read_says(
    session: Session, now: datetime
) -> None:
    course = a_context(session)
    people = [a_member(session, of=course) for _ in range(6)]
    for times, member in enumerate(people):
        hand_in(session, member, times=3 * times)
    recompute(session, course, now, catalog=load(CATALOG), environment=True)

    written = session.execute(
        sa.select(Award.membership_id, sa.func.count()).group_by(Award.membership_id)
    ).all()

    session.execute(sa.delete(Award))
    read = {
        member.id: sum(
            badge.earned for badge in badges_for(session, member, now, switch=ON).badges
        )
        for member in people
    }
    assert dict(written) == {member: count for member, count in read.items() if count}
    assert sorted(read.values()) == [0, 1, 1, 1, 1, 2]


@pytest.mark.demand("A34")
def test_a_recompute_of_ten_thousand_takes_no_more_memory_than_of_a_thousand(
    session: Session, now: datetime
) -> None:
    first = a_class_of(session, SMALL, now)
    small, large = a_class_of(session, SMALL, now), a_class_of(session, LARGE, now)
    # What is prepared once is not the class's.
    peak_of(session, first, now)

    (awarded, few), (more, many) = (
        peak_of(session, course, now) for course in (small, large)
    )

    assert (awarded, more) == (SMALL, LARGE)
    assert many < few * 1.5


def work(session: Session, ada: Membership, act: Act, now: datetime) -> None:
    """Let somebody have two results, and work in three weeks of four."""
    for key, points, full in (("quiz-1", 24, 31), ("quiz-2", 9, 10)):
        quiz = an_item(session, of=ada.context, key=key)
        act(ada, "graded", quiz, score=points * POINT, maximum=full * POINT)
    for weeks in (0, 1, 3):
        act(ada, "posted", attempt=str(weeks), occurred_at=now - weeks * WEEK)
    session.commit()


def a_class_of(session: Session, people: int, now: datetime) -> Context:
    """Build a course in which everybody handed one thing in and nobody has a badge."""
    course = a_context(session)
    item = an_item(session, of=course)
    users = [{"tenant_id": course.tenant_id, "created_at": now}] * people
    ids = session.scalars(sa.insert(User).returning(User.id), users).all()
    learners = [
        {"context_id": course.id, "user_id": user, "first_seen_at": now} for user in ids
    ]
    members = session.scalars(
        sa.insert(Membership).returning(Membership.id), learners
    ).all()
    act = {
        "context_id": course.id,
        "item_id": item.id,
        "kind": "submitted",
        "status": "normal",
        "occurred_at": now,
    }
    logged = {"recorded_at": now, "seen_at": now, "source": "test", "fact_key": "one"}
    facts = session.execute(
        sa.insert(Contribution).returning(Contribution.id, Contribution.membership_id),
        [{**act, **logged, "membership_id": member} for member in members],
    ).all()
    worth = {"points": 2 * POINT, "day": now.date()}
    session.execute(
        sa.insert(Earned),
        [
            {**act, **worth, "contribution_id": fact, "membership_id": member}
            for fact, member in facts
        ],
    )
    session.flush()
    return course


def peak_of(session: Session, course: Context, now: datetime) -> tuple[int, int]:
    """Return how many awards a recompute made, and its most memory in bytes."""
    catalog = load(CATALOG)
    tracemalloc.start()
    found = recompute(session, course, now, catalog=catalog, environment=True)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return found.badges_awarded, peak
