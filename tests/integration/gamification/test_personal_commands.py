"""`flask person show`, `data` and `history`: what somebody reads of themself."""

import json
from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from gamification.activity import record
from gamification.catalog import adopt, load
from gamification.standings.calendar import Rest, set_excused
from models import Membership
from tests.factories import POINT, a_context, a_member, a_tenant, an_item
from tests.integration.gamification.conftest import Flask, a_fact
from tests.support.clock import NOW
from tests.support.launches import CATALOG, a_caller

WORDS = ("show", "data", "history")


@pytest.fixture
def ada(session: Session) -> Membership:
    """Build who worked in two weeks, and has leave in one."""
    course = a_context(session, lti_id="42")
    adopt(session, course, load(CATALOG), NOW)
    ada = a_member(session, of=course, name="Ada Ahorn")
    essay, quiz = (an_item(session, of=course, key=key) for key in ("essay", "quiz-1"))
    earlier = NOW - timedelta(weeks=1)
    facts = [
        a_fact(ada, item=essay, occurred_at=earlier),
        a_fact(ada, "completed", quiz, occurred_at=NOW - timedelta(hours=2)),
        a_fact(
            *(ada, "graded", quiz),
            score=90 * POINT,
            occurred_at=NOW - timedelta(hours=1),
        ),
    ]
    assert record(session, facts, NOW, environment=True).refused == []
    rest = Rest(date(2026, 11, 23), date(2026, 11, 29))
    set_excused(session, ada, [rest], "iris", NOW)
    session.commit()
    return ada


def of(member: Membership) -> tuple[str, ...]:
    course, user = member.context.public_id, member.user.public_id
    return ("--course", course, "--user", user)


def test_a_persons_figures_are_told_line_by_line(
    flask: Flask, session: Session, ada: Membership
) -> None:
    words = of(ada)
    session.rollback()

    told = flask("person", "show", *words)

    assert told.stdout.splitlines() == [
        "points 9",
        "events 2",
        "completed 1 of 2",
        "this_week 7",
        "best_week 7 2026-W47",
        "level 0",
        "next_level_needs 11",
        "milestone share 50 2026-11-22T10:00:00Z",
        "milestone share 25 2026-11-22T10:00:00Z",
        "next points 10 missing 1",
        "next share 75 missing 1",
        "best_result 90 Quiz 1",
        "best_run 2",
        "active_weeks 2 of 8",
        "run 2",
        "badge first_contribution",
        "excused 2026-11-23 2026-11-29",
    ]
    assert "Ahorn" not in told.output


def test_the_figures_are_those_that_the_person_reads(
    flask: Flask, session: Session, client: FlaskClient, ada: Membership
) -> None:
    caller, words = a_caller(session, client, member=ada), of(ada)
    mine = caller.get("/api/v1/me/progress").json
    standing = caller.get("/api/v1/me/standing").json
    session.rollback()

    lines = flask("person", "show", *words).stdout.splitlines()

    assert mine is not None
    assert standing is not None
    assert {
        f"points {mine['points']}",
        f"this_week {standing['this_week']}",
        f"best_week {standing['best_week']} {mine['bests']['week']}",
        f"completed {mine['items']['done']} of {mine['items']['total']}",
        f"next_level_needs {mine['level']['points_needed']}",
        f"run {mine['steadiness']['run']}",
    } <= set(lines)


def test_a_percentile_is_told_where_there_is_a_board_and_people_enough(
    flask: Flask, session: Session, ada: Membership
) -> None:
    course, words = ada.context, of(ada)
    others = [a_fact(a_member(session, of=course)) for _ in range(99)]
    assert record(session, others, NOW, environment=True).refused == []
    session.commit()
    without = flask("person", "show", *words).stdout
    course.board_enabled = True
    session.commit()

    told = flask("person", "show", *words).stdout

    assert "percentile" not in without
    assert "percentile 95" in told.splitlines()


@pytest.mark.parametrize("off", ["tenant", "course"])
def test_off_no_figure_is_told_and_what_is_kept_is(
    flask: Flask, session: Session, ada: Membership, off: str
) -> None:
    words = of(ada)
    (ada.context.tenant if off == "tenant" else ada.context).enabled = False
    session.commit()

    shown, kept = (flask("person", word, *words) for word in ("show", "data"))

    assert shown.stdout.startswith(f"It is off here ({off}), so nothing is told")
    assert len(json.loads(kept.stdout)["events"]) == 3


def test_all_that_is_kept_is_what_the_person_gets(
    flask: Flask, session: Session, client: FlaskClient, ada: Membership
) -> None:
    caller, words = a_caller(session, client, member=ada), of(ada)
    mine = caller.get("/api/v1/me/data").json
    session.rollback()

    told = flask("person", "data", *words)

    assert json.loads(told.stdout) == mine


def test_a_past_is_told_the_newest_first_and_as_far_as_is_asked(
    flask: Flask, session: Session, ada: Membership, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("views.commands.paging.SIZE", 2)
    words = of(ada)
    session.rollback()

    told = flask("person", "history", *words)
    two = flask("person", "history", *words, "--limit", "3")

    assert told.stdout.splitlines() == [
        "2026-11-22T10:00:00Z award first_contribution open",
        "2026-11-22T09:00:00Z graded normal quiz-1 90/100",
        "2026-11-22T08:00:00Z completed normal quiz-1",
        "2026-11-15T10:00:00Z submitted normal essay",
    ]
    assert two.stdout.splitlines() == told.stdout.splitlines()[:3]
    assert "Ahorn" not in told.output


@pytest.mark.parametrize("word", WORDS)
def test_who_is_not_there_is_said(
    flask: Flask, session: Session, ada: Membership, word: str
) -> None:
    elsewhere = a_member(session)
    stranger = elsewhere.user.public_id
    course, other = ada.context.public_id, a_tenant(session).key
    words = of(ada)
    session.commit()

    nobody = flask("person", word, "--course", course, "--user", stranger)
    theirs = flask("person", word, *words, "--tenant", other)

    assert nobody.exit_code == 1
    assert "Nobody in the course has this id" in nobody.stderr
    assert theirs.exit_code == 2
    assert "No course has this id" in theirs.stderr


def test_what_a_teacher_has_is_nothing(
    flask: Flask, session: Session, ada: Membership
) -> None:
    words = of(a_member(session, of=ada.context, role="instructor"))
    session.commit()

    told = flask("person", "show", *words).stdout.splitlines()

    assert told[0] == "points 0"
    assert not [line for line in told if line.startswith(("badge", "best"))]
