"""Leagues over the API: on and off, one's own, and out of them at any time."""

from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from flask_openapi3.openapi import OpenAPI
from sqlalchemy.orm import Session

from gamification.standings.dealing import deal
from gamification.standings.upkeep import Totals, move
from models import Membership
from tests.factories import POINT, a_member
from tests.integration.api.conftest import a_board
from tests.integration.api.test_locks import SAID, lock
from tests.support.clock import NOW
from tests.support.launches import Caller, a_caller
from tests.support.markup import text_of

LEAGUE = "This is your league"
WHY = "It opens once at least five of its people, and of the others, take part"
OFFERS = ("Leave the leagues", "Play in a league")


def a_class(session: Session, **columns: bool) -> list[Membership]:
    """Build a board of 22 people, of whom each had more points last week."""
    members = a_board(session, people=22, **columns)
    course = members[0].context
    for n, member in enumerate(members, 1):
        move(session, course, {(member.id, "2026-W46"): Totals(n * POINT, 1)}, NOW)
    deal(session, course, NOW)
    session.commit()
    return members


def week(caller: Caller, more: str = "") -> Any:  # noqa: ANN401 -- JSON
    return caller.get(f"{caller.course}/leaderboard?period=week{more}").json


def test_a_learner_reads_their_own_league_and_no_number(
    client: FlaskClient, session: Session
) -> None:
    members = a_class(session, board_leagues=True)
    caller = a_caller(session, client, member=members[3])

    answer = week(caller)
    page = text_of(caller.get("/panel/leaderboard?period=week").text)
    other = caller.get(f"{caller.course}/leaderboard?period=week&league=1")

    assert (answer["people"], answer["league"]) == (11, "mine")
    assert "leagues" not in answer
    assert answer["items"][0]["name"] == "Alias 10"
    assert LEAGUE in page
    assert other.status_code == 404


def test_without_leagues_nothing_speaks_of_them(
    client: FlaskClient, session: Session
) -> None:
    members = a_class(session, board_leagues=False)
    caller = a_caller(session, client, member=members[3])

    answer = week(caller)
    place: Any = caller.get("/api/v1/me/board").json
    refused = caller.send("PUT", "/api/v1/me/board", {"league": False})

    assert (answer["people"], "league" in answer, "league" in place) == (
        22,
        False,
        False,
    )
    assert LEAGUE not in caller.get("/panel/leaderboard?period=week").text
    assert refused.status_code == 409
    assert "there are no leagues" in refused.text


def test_staff_read_the_whole_or_any_league(
    client: FlaskClient, session: Session
) -> None:
    course = a_class(session, board_leagues=True)[0].context
    teacher = a_caller(session, client, of=course, role="instructor")

    whole, first = week(teacher), week(teacher, "&league=1")
    absent = teacher.get(f"{teacher.course}/leaderboard?period=week&league=3")

    assert (whole["people"], whole["leagues"], "league" in whole) == (22, 2, False)
    assert (first["people"], first["league"], first["leagues"]) == (11, 1, 2)
    assert absent.status_code == 404


@pytest.mark.parametrize("participation", ["opt_in", "all"])
def test_anybody_may_choose_leagues_and_come_back(
    client: FlaskClient, session: Session, participation: str
) -> None:
    members = a_class(session, board_leagues=True)
    members[0].context.board_participation = participation
    session.commit()
    best = a_caller(session, client, member=members[21])
    next_best = a_caller(session, client, member=members[20])

    left = best.send("PUT", "/api/v1/me/board", {"league": False})
    alone, others = week(best), week(next_best)
    back = best.send("PUT", "/api/v1/me/board", {"league": True})

    assert left.json == {
        "joined": True,
        "named": False,
        "name": "Alias 21",
        "league": False,
    }
    assert (alone["people"], "league" in alone) == (22, False)
    assert "Alias 21" not in {row["name"] for row in others["items"]}
    assert back.json is not None
    assert back.json["league"] is True
    assert week(best)["people"] == 11


@pytest.mark.parametrize(
    ("columns", "offered"),
    [
        ({"board_leagues": True}, [OFFERS[0], OFFERS[1], OFFERS[0]]),
        ({"board_leagues": False}, [None, None, None]),
    ],
)
def test_the_panel_offers_what_one_has_not_chosen(
    client: FlaskClient,
    session: Session,
    columns: dict[str, bool],
    offered: list[str | None],
) -> None:
    caller = a_caller(session, client, member=a_class(session, **columns)[3])

    read = []
    for wanted in (None, False, True):
        if wanted is not None:
            caller.send("PUT", "/api/v1/me/board", {"league": wanted})
        page = text_of(caller.get("/panel/leaderboard").text)
        read.append([offer for offer in OFFERS if offer in page])

    assert read == [[offer] if offer else [] for offer in offered]


def test_a_league_that_is_closed_says_why(
    client: FlaskClient, session: Session
) -> None:
    members = a_class(session, board_leagues=True)
    # Eight times or more, for two points each: four of the second league, and the first.
    members[0].context.board_minimum = 16
    session.commit()
    callers = [a_caller(session, client, member=members[n]) for n in (3, 20)]

    read = []
    for caller in callers:
        page = text_of(caller.get("/panel/leaderboard?period=week").text)
        read.append((week(caller)["state"], WHY in page, LEAGUE in page))

    assert read == [("too_few", True, False)] * 2


def test_who_joins_the_board_has_a_league_at_once(
    client: FlaskClient, session: Session
) -> None:
    members = a_class(session, board_leagues=True)
    caller = a_caller(session, client, member=members[5])
    caller.send("PUT", "/api/v1/me/board", {"joined": False})
    away = week(caller)

    caller.send("PUT", "/api/v1/me/board", {"joined": True})

    assert (away["state"], away["people"]) == ("too_few", 0)
    assert (week(caller)["league"], week(caller)["people"]) == ("mine", 11)


def test_an_instructor_turns_leagues_on_and_they_are_dealt(
    client: FlaskClient, session: Session
) -> None:
    members = a_class(session, board_leagues=False)
    caller = a_caller(session, client, member=members[3])
    teacher = a_caller(session, client, of=members[0].context, role="instructor")
    told = []

    for is_on in (True, False):
        settings = {"board": {"leagues": is_on}}
        answer = teacher.send("PUT", f"{teacher.course}/settings", settings)
        assert answer.json is not None
        told.append((answer.json["board"]["leagues"], week(caller)["people"]))

    assert told == [(True, 11), (False, 22)]


def test_leagues_that_are_locked_stay_off(
    app: OpenAPI, client: FlaskClient, session: Session, tmp_path: Path
) -> None:
    course = a_class(session, board_leagues=False)[0].context
    lock(app, tmp_path, course.tenant.key, "settings.board.leagues")
    teacher = a_caller(session, client, of=course, role="instructor")

    settings = {"board": {"leagues": True}}
    answer = teacher.send("PUT", f"{teacher.course}/settings", settings)

    assert answer.json is not None
    assert answer.status_code == 403
    assert answer.json["detail"] == SAID.format("settings.board.leagues")


def test_no_learners_answer_names_another(
    client: FlaskClient, session: Session
) -> None:
    members = a_class(session, board_leagues=True)
    a_member(session, of=members[0].context, name="Zora")
    caller = a_caller(session, client, member=members[3])

    said = caller.get(f"{caller.course}/leaderboard?period=week").text

    others = [member for member in members if member is not members[3]]
    assert [m.name for m in others if f'"{m.name}"' in said] == []
    assert [m.user.public_id for m in others if m.user.public_id in said] == []
