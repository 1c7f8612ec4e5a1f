"""What a learner is told holds nobody else: every address there is, every event.

The addresses come from the application itself, so a new one is read here, too.
"""

import json
import re
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from flask_openapi3.openapi import OpenAPI
from sqlalchemy.orm import Session

from gamification.activity import Fact, record
from gamification.standings.dealing import deal
from gamification.standings.groups import GroupTold, groups_of, set_groups
from models import Award, Badge, Context, Membership, StreamEvent
from tests.factories import a_member
from tests.support.awarding import an_award
from tests.support.clock import NOW
from tests.support.launches import Caller, a_caller, a_live_course, hand_in
from tests.support.markup import text_of
from tests.support.saying import said_to

OTHERS = 21
WEEKS = 4
RUN = 37
"""Weeks in a row that are nobody's points, rank or number of badges."""
NUMBER = re.compile(rf"(?<![\w.-])(?<!\d:){RUN}(?![\w:-])")


@pytest.fixture
def course(session: Session) -> Context:
    return a_live_course(
        session,
        board_enabled=True,
        board_participation="all",
        board_identity="name",
        board_top=50,
        board_neighbours=10,
        board_lists=True,
        board_leagues=True,
        memberships_url="https://lms.example/members",
    )


@pytest.fixture
def others(session: Session, course: Context) -> list[Membership]:
    """Enrol classmates who do all there is to do, and consent to no name.

    The platform has put their addresses where their names should be.
    """
    members = [
        a_member(
            session,
            of=course,
            id=910_000_001 + number,
            name=f"zora.geheim.{number}@school.example",
            sub=f"sub-geheim-{number}",
            alias=f"Alias {number}",
        )
        for number in range(OTHERS)
    ]
    badges = session.scalars(sa.select(Badge).order_by(Badge.id)).all()
    for member in members:
        hand_in(session, member, times=3)
        an_award(session, member, badges[-1])
    worked(session, members, WEEKS)
    return members


def worked(session: Session, members: list[Membership], weeks: int) -> None:
    """Let everybody post something in each of so many weeks before this one."""
    facts = [
        Fact(
            context_id=member.context_id,
            membership_id=member.id,
            kind="posted",
            attempt=f"week {week}",
            occurred_at=NOW - timedelta(weeks=week),
            source="test",
        )
        for member in members
        for week in range(1, weeks + 1)
    ]
    record(session, facts, NOW, environment=True)


@pytest.fixture
def me(session: Session, course: Context, others: list[Membership]) -> Membership:
    """Enrol the one who asks, in a team and in a league with some of the others."""
    me = a_member(session, of=course, name="Ada", alias="Alias me")
    hand_in(session, me, times=2)
    worked(session, [me], WEEKS)
    halves = {"mine": [me, *others[:4]], "theirs": others[4:]}
    told = [
        GroupTold(name, name, frozenset(m.id for m in members))
        for name, members in halves.items()
    ]
    set_groups(session, course, "team", told, NOW)
    deal(session, course, NOW)
    return me


def marks_of(session: Session, others: list[Membership]) -> list[str]:
    """Return all words by which somebody could be known."""
    awards = session.scalars(
        sa.select(Award.public_id).where(
            Award.membership_id.in_([member.id for member in others])
        )
    )
    people = [mark for m in others for mark in (m.user.public_id, str(m.id), m.name)]
    return ["geheim", "@school.example", *people, *awards]


def values_of(session: Session, others: list[Membership]) -> dict[str, list[str]]:
    context = others[0].context
    query = sa.select(Award.public_id).where(Award.context_id == context.id)
    return {
        "course_id": [context.public_id],
        "award_id": list(session.scalars(query)),
        "user_id": [others[0].user.public_id],
        "user": [others[0].user.public_id],
        "key": ["author", "contributor"],
        "badge": ["author"],
        "period": ["all", "week", "month", "2026-W46", "2026-10"],
        "group": [row.id for row in groups_of(session, context)],
        "search": ["geheim"],
        "kind": ["team"],
    }


def test_no_answer_to_a_learner_holds_anybody_else(
    app: OpenAPI,
    client: FlaskClient,
    session: Session,
    me: Membership,
    others: list[Membership],
) -> None:
    marks, values = marks_of(session, others), values_of(session, others)
    caller = a_caller(session, client, member=me)

    answers = said_to(caller, app, values)

    told = {
        way: [mark for mark in marks if mark in text]
        for way, text in answers.items()
        if any(mark in text for mark in marks)
    }
    assert told == {}
    # There was something to read: the others, under their aliases, and one's own data.
    assert unready(caller) == []
    read = [way for way, text in answers.items() if "Alias 3" in text]
    assert len(read) >= 8
    assert len(answers) >= 20


def unready(caller: Caller) -> list[str]:
    """Name what holds nobody: the lists, and one's own league on either face."""
    lists: Any = caller.get(f"{caller.course}/lists").json
    board: Any = caller.get(f"{caller.course}/leaderboard?period=week").json
    page = text_of(caller.get("/panel/leaderboard?period=week").text)
    states = {name: one["state"] for name, one in lists.items()}
    states |= {"board": board["state"]}
    return [
        *(name for name, state in states.items() if state != "ready"),
        *(["league"] if board.get("league") != "mine" else []),
        *(["page"] if "This is your league" not in page else []),
    ]


def test_an_instructor_reads_by_the_same_ways_who_they_are(
    app: OpenAPI,
    client: FlaskClient,
    session: Session,
    me: Membership,
    others: list[Membership],
) -> None:
    marks, values = marks_of(session, others), values_of(session, others)
    teacher = a_caller(session, client, of=me.context, role="instructor")

    answers = said_to(teacher, app, values)

    found = {mark for mark in marks for text in answers.values() if mark in text}
    assert {"geheim", others[0].user.public_id} <= found


def test_no_event_to_a_learner_holds_anybody_else(
    client: FlaskClient, session: Session, me: Membership, others: list[Membership]
) -> None:
    marks = marks_of(session, others)
    caller = a_caller(session, client, member=others[0])
    caller.send("PUT", "/api/v1/me/board", {"named": False})
    caller.send("PUT", "/api/v1/me/board", {"joined": True})
    session.rollback()

    events = session.scalars(sa.select(StreamEvent)).all()

    mine = [
        event
        for event in events
        if event.audience == "course" or event.membership_id == me.id
    ]
    texts = [
        json.dumps([event.kind, event.subject, event.membership_id]) for event in mine
    ]
    assert [text for text in texts if any(mark in text for mark in marks)] == []
    assert {event.audience for event in events} <= {"course", "member", "staff"}
    assert len(mine) >= OTHERS
    addressed = [e for e in events if e.audience == "course" and e.membership_id]
    assert addressed == []


def test_a_name_is_read_with_its_owners_consent_alone(
    app: OpenAPI,
    client: FlaskClient,
    session: Session,
    me: Membership,
    others: list[Membership],
) -> None:
    others[0].name_consent = True
    values = values_of(session, others)
    caller = a_caller(session, client, member=me)

    answers = said_to(caller, app, values)

    named = {
        member.name
        for member in others
        for text in answers.values()
        if member.name in text
    }
    assert named == {others[0].name}


def test_nobody_reads_how_many_weeks_somebody_else_kept_at_it(
    app: OpenAPI,
    client: FlaskClient,
    session: Session,
    me: Membership,
    others: list[Membership],
) -> None:
    """A run of weeks is one's own, whatever else somebody is on the board with."""
    runner = others[0]
    runner.name_consent = True
    worked(session, [runner], RUN - 1)
    values = values_of(session, others)

    told = {
        name: [
            way
            for way, text in said_to(
                a_caller(session, client, member=member), app, values
            ).items()
            if NUMBER.search(text)
        ]
        for name, member in (("me", me), ("runner", runner))
    }

    assert told["me"] == []
    assert "GET /api/v1/me/progress" in told["runner"]
