"""`flask standing …`, as an operator types it: by alias, whatever people show."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from gamification.activity import record
from gamification.standings.dealing import deal
from gamification.standings.groups import GroupTold, groups_of, set_groups
from models import Context, Membership
from tests.integration.gamification.conftest import Flask, a_class, a_fact
from tests.support.leagues import a_course

WEEK = timedelta(weeks=1)


@pytest.fixture
def people(session: Session, now: datetime) -> list[Membership]:
    """Build a board on which all learners show their names to each other."""
    people = a_class(
        session, now, [3, 9, 6, 9, 12, 15], board_identity="name", board_lists=True
    )
    for person in people:
        person.name_consent = True
    people[5].alias = ""
    session.commit()
    return people


@pytest.fixture
def here(people: list[Membership]) -> Context:
    return people[0].context


def test_a_board_is_read_by_alias_whoever_shows_their_name(
    flask: Flask, session: Session, here: Context
) -> None:
    words = ("standing", "board", "--course", here.public_id)

    told = [flask(*words), flask(*words, "--period", "2026-W47")]
    here.board_rank = "hidden"
    session.commit()
    hidden = flask(*words, "--tenant", here.tenant.key)

    rows = ["1 15 0 Someone new", "2 12 0 Alias 4", "3 9 0 Alias 3"]
    assert [one.stdout.splitlines() for one in told] == [rows, rows]
    assert hidden.stdout.splitlines() == [f"- {row[2:]}" for row in rows]
    assert {one.exit_code for one in [*told, hidden]} == {0}
    assert "Name" not in hidden.output + told[0].output


def test_a_past_week_without_points_has_too_few(flask: Flask, here: Context) -> None:
    words = ("standing", "board", "--course", here.public_id)

    told = flask(*words, "--period", "2026-W40")

    said = "Too few people are on it to be shown: it takes at least 5.\n"
    assert (told.exit_code, told.stdout) == (0, said)


@pytest.mark.parametrize("period", ["2026-W48", "term", "nonsense", "9999-12", ""])
def test_a_period_that_is_none_is_refused_with_those_there_are(
    flask: Flask, here: Context, period: str
) -> None:
    told = flask("standing", "board", "--course", here.public_id, "--period", period)

    assert (told.exit_code, told.stdout) == (2, "")
    assert "all, week, month" in told.stderr.splitlines()[-1]


def test_what_is_off_says_who_turns_it_on(
    flask: Flask, session: Session, here: Context
) -> None:
    told = []
    for column in ("board_lists", "board_enabled", "enabled"):
        setattr(here, column, False)
        session.commit()
        for name in ("lists", "board"):
            result = flask("standing", name, "--course", here.public_id)
            assert result.exit_code == 0
            told.append(result.stdout)

    assert told[0].startswith("The course has no lists: its teachers turn them on")
    assert told[1].startswith("1 15 ")
    assert told[2] == told[3]
    assert told[2].startswith("The course has no leaderboard: its teachers turn it on")
    assert told[4] == told[5]
    assert told[4].startswith("It is off here (course), and the leaderboard with it")


def test_a_groups_board_is_read_by_alias(
    flask: Flask,
    session: Session,
    now: datetime,
    people: list[Membership],
    here: Context,
) -> None:
    """The operator reads it as teachers do: with ranks, whatever learners may read."""
    here.board_rank = "hidden"
    elms, oak = (
        GroupTold(name, name, frozenset(one.id for one in members))
        for name, members in (("Elms", people[:5]), ("Oak", people[5:]))
    )
    set_groups(session, here, "team", [elms, oak], now)
    session.commit()
    ids = {row.name: row.id for row in groups_of(session, here)}
    words = ("standing", "board", "--course", here.public_id, "--group")

    told, few = (flask(*words, ids[name]) for name in ("Elms", "Oak"))
    absent = [flask(*words, group) for group in ("no-such", "", "\udcff")]

    rows = ["1 12 0 Alias 4", "2 9 0 Alias 3", "2 9 0 Alias 1"]
    assert told.stdout.splitlines() == rows
    assert few.stdout.startswith("Too few people")
    assert {(one.exit_code, one.stdout) for one in absent} == {(2, "")}
    assert all("`flask group list` names them" in one.stderr for one in absent)


def test_a_leagues_board_is_read_by_alias(
    flask: Flask, session: Session, now: datetime
) -> None:
    here = a_course(session, now, 45)[0].context
    deal(session, here, now)
    session.commit()
    words = ("standing", "board", "--course", here.public_id, "--league")

    told = flask(*words, "2", "--period", "week")
    absent = [flask(*words, "4", "--period", "week"), flask(*words, "1")]

    assert told.stdout.splitlines()[0] == "1 30 0 Alias 15"
    assert len(told.stdout.splitlines()) == 15
    assert {(one.exit_code, one.stdout) for one in absent} == {(2, "")}
    assert all("that week has none of this number" in one.stderr for one in absent)


@pytest.mark.parametrize("name", ["board", "lists"])
def test_a_course_that_is_not_there_is_refused(flask: Flask, name: str) -> None:
    told = flask("standing", name, "--course", "no-such")

    assert told.exit_code == 2
    assert told.stderr.endswith("`flask course list` lists them.\n")


def test_the_lists_are_read_by_alias_too(
    flask: Flask,
    session: Session,
    now: datetime,
    people: list[Membership],
    here: Context,
) -> None:
    words = ("standing", "lists", "--course", here.public_id)
    few = flask(*words)
    facts = [
        a_fact(
            person, "completed", attempt=f"before {ago}", occurred_at=now - ago * WEEK
        )
        for person in people
        for ago in (1, 2)
    ]
    record(session, facts, now, environment=True)
    session.commit()

    told = flask(*words)

    assert few.stdout.splitlines() == [
        "improved: too few to be shown: it takes at least 5 people",
        "steady: too few to be shown: it takes at least 5 people",
        (
            "teams: too few to be shown: it takes at least two teams with 5 people on the "
            "board"
        ),
    ]
    rows = told.stdout.splitlines()
    assert rows[:2] == ["improved 13 Someone new", "improved 10 Alias 4"]
    assert rows[6:] == [
        *(f"steady 3 Alias {n}" for n in range(5)),
        "steady 3 Someone new",
        few.stdout.splitlines()[-1],
    ]
    assert "Name" not in told.output


def test_teams_are_compared_by_their_mean(
    flask: Flask, session: Session, now: datetime
) -> None:
    people = a_class(session, now, [3] * 5 + [6] * 5, board_lists=True)
    context = people[0].context
    teams = [
        GroupTold(name, name, frozenset(one.id for one in members))
        for name, members in (("Elms", people[:5]), ("Oaks", people[5:]))
    ]
    set_groups(session, context, "team", teams, now)
    session.commit()

    told = flask("standing", "lists", "--course", context.public_id)

    assert told.stdout.splitlines()[-2:] == ["teams 1 6 Oaks", "teams 2 3 Elms"]
