"""Bugs that other programs of this kind paid for, each tried here.

Some have a test where their subject is; the register at the end names those.
"""

import ast
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from flask_openapi3.openapi import OpenAPI
from sqlalchemy.orm import Session

from config import ROOT
from gamification.activity import rebuild, record
from gamification.awards import badges_for, evaluate, holds, recompute
from gamification.catalog import load
from gamification.standings import Wanted, digest, leaderboard, standing_of
from models import Award, Base
from tests.factories import a_badge, a_context, a_member, an_item
from tests.integration.api.conftest import a_board
from tests.integration.gamification.conftest import (
    ON,
    Act,
    Counting,
    a_class,
    a_fact,
    as_usual,
)
from tests.support.awarding import an_award
from tests.support.clock import NOW
from tests.support.launches import CATALOG, a_caller

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
ZONES = ["America/Los_Angeles", "UTC", "Pacific/Kiritimati"]
THEIR_CLOCK = re.compile(
    r"current_(timestamp|date|time)|localtime|\bnow\(|'now'|clock_timestamp",
    re.IGNORECASE,
)


def test_the_databases_clock_decides_nothing(
    session: Session, act: Act, statements: Counting
) -> None:
    # WB Gamification opened a challenge by the database's clock.
    long_ago = datetime(2001, 2, 3, 4, 5, tzinfo=UTC)
    course = a_context(session, board_enabled=True, board_participation="all")
    ada = a_member(session, of=course)
    badge = a_badge(session, of=course, metric="events", threshold=1)

    with statements() as sent:
        facts = [a_fact(ada, occurred_at=long_ago)]
        record(session, facts, long_ago, environment=True)
        evaluate(session, course, long_ago, switch=ON)
        digest(session, course, long_ago, switch=ON)
        leaderboard(session, as_usual(ada), long_ago, switch=ON)
        given = an_award(session, a_member(session, of=course), badge, long_ago)

    assert [text for text in sent if THEIR_CLOCK.search(text)] == []
    assert set(session.scalars(sa.select(Award.granted_at))) == {long_ago}
    assert given.granted_at == long_ago
    defaults = [
        str(column.server_default.arg)  # type: ignore[attr-defined] # a default has one
        for table in Base.metadata.tables.values()
        for column in table.columns
        if column.server_default is not None
    ]
    assert [text for text in defaults if THEIR_CLOCK.search(text)] == []


@pytest.mark.parametrize("zone", ZONES)
def test_a_days_cap_is_that_of_the_courses_day_west_of_utc_too(
    session: Session, zone: str
) -> None:
    # WB Gamification forgot a cooldown west of UTC.
    course = a_context(session, time_zone=zone)
    ada = a_member(session, of=course)
    noon = {"America/Los_Angeles": 20, "UTC": 12, "Pacific/Kiritimati": 22}[zone]
    midday = datetime(2026, 11, 20, noon, tzinfo=UTC)
    hours = [-11, -8, -5, -2, 2, 5, 8, 11]
    facts = [
        a_fact(ada, "posted", occurred_at=midday + hour * HOUR, attempt=str(hour))
        for hour in hours
    ]

    for fact in facts:
        record(session, [fact], NOW, environment=True)

    assert standing_of(session, ada).points == 5


@pytest.mark.parametrize("zone", ZONES)
def test_a_board_is_not_emptied_by_its_rebuild_east_of_utc(
    session: Session, now: datetime, zone: str
) -> None:
    # WB Gamification emptied the snapshot it had just made.
    ada, *_ = a_class(session, now, [9, 8, 7, 6, 5, 4], time_zone=zone)
    course = ada.context

    def boards() -> list[list[tuple[str, int]]]:
        return [
            [
                (row.name, row.points)
                for row in leaderboard(
                    session, as_usual(ada), now, switch=ON, wanted=Wanted(period)
                ).rows
            ]
            for period in ("all", "week", "month")
        ]

    before = boards()
    rebuild(session, course, now)
    rebuilt = boards()
    recompute(session, course, now, catalog=load(CATALOG), environment=True)

    assert before == rebuilt == boards()
    assert [len(rows) for rows in before] == [3, 3, 3]


def test_a_cap_holds_by_whichever_way_facts_come(session: Session) -> None:
    # PlayerHUD's fallback page had a limit of its own, and a weaker one.
    ada = a_member(session)
    facts = [
        a_fact(ada, "posted", source=source, attempt=f"{source}-{number}")
        for source in ("ags", "moodle", "api")
        for number in range(3)
    ]

    record(session, facts[:1], NOW, environment=True)
    record(session, facts[1:4], NOW, environment=False)
    record(session, facts[4:], NOW, environment=True)

    mine = standing_of(session, ada)
    assert (mine.events, mine.points) == (9, 5)


def test_what_is_locked_is_locked_for_every_way_in(
    session: Session, act: Act, now: datetime
) -> None:
    # PlayerHUD locked a chapter in its pages alone.
    ada = a_member(session)
    a_badge(session, of=ada.context, key="key", metric="events", threshold=99)
    item = an_item(session, of=ada.context, key="chapter-2")
    rule = {"all": [{"badge": "key"}, {"metric": "completed", "item": "chapter-2"}]}
    locked = a_badge(session, of=ada.context, criterion=rule)

    live = act(ada, "completed", item).awarded
    asked = evaluate(session, ada.context, now, switch=ON)

    assert [one.badge_id for one in (*live, *asked)] == []
    assert not holds(session, ada, locked, now)
    shown = {b.key: b for b in badges_for(session, ada, now, switch=ON).badges}
    assert shown[locked.key].missing == ("Earn the badge Key",)


def test_who_leaves_the_board_is_on_no_page_of_another_learner(
    app: OpenAPI, client: FlaskClient, session: Session
) -> None:
    # PlayerHUD's profile page did not look at who had opted out.
    members = a_board(session)
    ada = a_caller(session, client, member=members[5])
    ben = a_caller(session, client, member=members[0])

    def told() -> dict[str, str]:
        answers = {path: ben.get(path) for path in pages(app, ben.course_id)}
        return {
            path: one.text for path, one in answers.items() if one.status_code < 300
        }

    before = told()
    ada.send("PUT", "/api/v1/me/board", {"joined": False})
    after = told()

    board = f"{ben.course}/leaderboard"
    assert "Alias 5" in before[board]
    assert "Alias 4" in after[board]
    assert [path for path, text in after.items() if "Alias 5" in text] == []
    assert len(after) > 8


def pages(app: OpenAPI, course: str) -> list[str]:
    """Return every address that can be read without knowing another id."""
    rules = [rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())]
    ours = [rule for rule in rules if not rule.arguments - {"course_id"}]
    return [
        rule.rule.replace("<course_id>", course)
        for rule in ours
        if rule.rule.startswith(("/panel", "/api"))
    ]


def test_an_award_does_not_count_the_board_anew(
    session: Session, now: datetime, statements: Counting
) -> None:
    # Fedora's badges computed the whole board at each award.
    sent: dict[int, list[str]] = {}

    for people in (3, 3, 40):
        ada, *_ = a_class(session, now, list(range(1, people + 1)))
        a_badge(session, of=ada.context, metric="events", threshold=1)
        facts = [a_fact(ada, attempt="one more")]
        session.flush()
        with statements() as sent[people]:
            awarded = record(session, facts, now, environment=True).awarded
        assert len(awarded) == 1

    assert sent[3] == sent[40]


ELSEWHERE = {
    "the weekly digest's window was off by the site's zone": (
        "integration/gamification/test_digest.py",
        "test_the_week_begins_on_monday_in_the_courses_zone",
    ),
    "a second send started while the first was queued": (
        "integration/jobs/test_outbox.py",
        "test_asking_while_it_waits_is_asking_once",
    ),
    "two grants in the same instant both passed the check": (
        "integration/test_award_races.py",
        "test_twenty_who_give_the_same_badge_make_one_award",
    ),
    "without a lock for a person, rewards doubled": (
        "integration/test_award_races.py",
        "test_a_teacher_and_a_rule_at_once_make_one_award",
    ),
    "stale toasts were replayed on every page": (
        "browser/test_celebration.py",
        "test_a_new_badge_is_celebrated_once_in_a_launch",
    ),
    "what was news stayed news at every visit": (
        "integration/gamification/test_new_badges.py",
        "test_a_badge_is_new_if_the_visit_before_this_one_could_not_show_it",
    ),
    "a notice could not be read in dark mode": (
        "browser/test_accessibility.py",
        "test_a_page_has_no_fault_that_machines_see",
    ),
    "foreign ids read another course's data": (
        "conformance/test_owners.py",
        "test_f02_a_session_of_elsewhere_gets_nothing_of_this_course",
    ),
    "a page was open to whoever knew its address": (
        "integration/views/test_roles.py",
        "test_a_role_enters_where_it_may_and_nowhere_else",
    ),
    "an award accepted a user outside of the course": (
        "integration/gamification/test_giving.py",
        "test_nobody_of_another_course_is_given_a_badge",
    ),
    "what was revoked could never be awarded again": (
        "integration/gamification/test_decisions.py",
        "test_a_lifted_badge_is_earned_again_as_the_next_award",
    ),
    "a board was visible although it was switched off": (
        "integration/api/test_board.py",
        "test_a_board_that_is_off_is_nowhere",
    ),
}


@pytest.mark.parametrize("bug", ELSEWHERE)
def test_the_other_bugs_have_a_test_that_runs(bug: str) -> None:
    path, name = ELSEWHERE[bug]
    tree = ast.parse((ROOT / "tests" / path).read_text())
    found = [
        one
        for one in tree.body
        if isinstance(one, ast.FunctionDef) and one.name == name
    ]

    (test,) = found
    marks: list[Any] = [ast.unparse(mark) for mark in test.decorator_list]
    assert [mark for mark in marks if "skip" in mark or "xfail" in mark] == []
