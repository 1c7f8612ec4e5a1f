"""A course's settings and badges as one text, and what a text makes of a course."""

import tomllib
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from flask_openapi3.openapi import OpenAPI
from sqlalchemy.orm import Session

from gamification.catalog.locks import LOCKABLE
from gamification.copying.settings import BOARD, SPAN
from models import AuditEntry, Badge, BadgeVersion, Context, Item, Outbox
from tests.factories import a_badge, a_context, a_member, an_item
from tests.support.clock import NOW
from tests.support.launches import Caller, a_caller
from tests.support.statements import statements

QUICK = {"metric": "percent", "item": "quiz-1", "more_than": 90, "by": "2026-11-30"}


@pytest.fixture
def course(session: Session) -> Context:
    course = a_context(session, board_rank="hidden", time_zone="Europe/Vienna")
    an_item(session, of=course, key="quiz-1").position = 4
    an_item(session, of=course, key="unnamed")
    a_badge(session, of=course, key="quick", criterion=QUICK)
    a_badge(session, of=course, key="helper", threshold=25)
    return course


@pytest.fixture
def teacher(session: Session, client: FlaskClient, course: Context) -> Caller:
    return a_caller(session, client, of=course, role="instructor")


def text_of(caller: Caller) -> str:
    return caller.get(f"{caller.course}/configuration").text


def put(caller: Caller, text: str, **headers: str) -> Any:  # noqa: ANN401 -- whatever JSON holds
    return caller.send_toml("PUT", f"{caller.course}/configuration", text, **headers)


def badges(session: Session, course: Context) -> dict[str, tuple[str, str, int]]:
    session.rollback()
    query = (
        sa.select(Badge.key, Badge.state, Badge.origin, BadgeVersion.number)
        .join(BadgeVersion, BadgeVersion.badge_id == Badge.id)
        .where(Badge.context_id == course.id, BadgeVersion.retired_at.is_(None))
    )
    return {key: (state, origin, n) for key, state, origin, n in session.execute(query)}


def test_the_text_says_all_but_people(teacher: Caller, course: Context) -> None:
    answer = teacher.get(f"{teacher.course}/configuration")

    document = tomllib.loads(answer.text)
    assert answer.content_type == "text/toml; charset=utf-8"
    assert "attachment" in answer.headers["Content-Disposition"]
    assert [document["version"], document["course"]] == [1, course.public_id]
    assert document["settings"] == {
        "board": {
            "enabled": False,
            "identity": "alias",
            "rank": "hidden",
            "participation": "opt_in",
            "minimum": 0,
            "lists": False,
            "span": {"neighbours": 2, "top": 3},
        },
        "term": {},
        "time_zone": "Europe/Vienna",
    }
    assert [badge["key"] for badge in document["badge"]] == ["helper", "quick"]
    assert document["badge"][1]["criterion"] == QUICK
    # Only what a rule names: by that another course can find its own.
    assert document["item"] == [{"key": "quiz-1", "label": "Quiz 1", "position": 4}]


def test_every_column_of_the_board_is_in_the_text_and_can_be_locked() -> None:
    columns = {c.name for c in Context.__table__.columns if c.name.startswith("board_")}
    # Which way the board is read is kept with it, and nobody decides it.
    columns.remove("board_shown_at")

    named = {**BOARD, **{f"span.{name}": column for name, column in SPAN.items()}}

    assert set(named.values()) == columns
    assert {f"settings.board.{name}" for name in named} <= set(LOCKABLE)


def test_a_rule_whose_item_is_gone_stays_in_its_own_course(
    teacher: Caller, session: Session, course: Context
) -> None:
    session.execute(sa.update(Item).filter_by(key="quiz-1").values(gone_at=NOW))
    session.commit()
    text = text_of(teacher)

    same = put(teacher, text)
    elsewhere = put(teacher, text.replace(course.public_id, "another"))

    assert (same.status_code, same.json) == (200, {"changes": [], "drafts": []})
    assert elsewhere.status_code == 422
    assert (
        'its rule names an item "quiz-1"; there are unnamed' in elsewhere.json["detail"]
    )
    assert text_of(teacher) == text


def test_from_when_facts_count_is_in_the_text(
    teacher: Caller, client: FlaskClient, session: Session
) -> None:
    session.execute(sa.update(BadgeVersion).values(effective_from=NOW))
    session.commit()
    other = a_caller(session, client, of=a_context(session), role="instructor")
    text = text_of(teacher)

    put(other, text)

    session.rollback()
    assert badges_in(text)[0]["from"] == NOW
    assert badges_in(text_of(other))[0] == badges_in(text)[0]
    moments = sa.select(BadgeVersion.effective_from).distinct()
    assert session.scalars(moments).all() == [NOW]


def test_what_facts_are_worth_is_in_the_text_and_counted_anew(
    teacher: Caller, client: FlaskClient, session: Session
) -> None:
    weights = [
        {"kind": "posted", "weight": "0.5", "daily_cap": 2},
        {"kind": "completed", "item": "quiz-1", "weight": 10},
    ]
    teacher.send("PUT", f"{teacher.course}/scoring", {"weights": weights})
    there = a_context(session)
    an_item(session, of=there, key="q7").label = "Quiz 1"
    other = a_caller(session, client, of=there, role="instructor")
    text = text_of(teacher)
    session.execute(sa.delete(Outbox))
    session.commit()

    done = put(other, text)
    again = put(other, text)

    assert tomllib.loads(text)["scoring"] == [
        {"kind": "submitted", "weight": "2"},
        {"kind": "posted", "weight": "0.5", "daily_cap": "2"},
        {"kind": "completed", "weight": "3"},
        {"kind": "completed", "item": "quiz-1", "weight": "10"},
        {"kind": "graded", "weight": "5"},
    ]
    assert done.json["changes"][2:4] == [
        (
            "What is posted is worth 0.5 points (at most 2 a day), not 1 points (at most 5 "
            "a day)."
        ),
        "What is completed in q7 is worth 10 points.",
    ]
    assert again.json["changes"] == []
    assert tomllib.loads(text_of(other))["scoring"][3]["item"] == "q7"
    session.rollback()
    jobs = sa.select(Outbox.job).where(Outbox.subject_id == there.id)
    assert {*session.scalars(jobs)} == {"evaluate_course", "recount_course"}


def test_every_setting_of_a_course_is_in_its_text(teacher: Caller) -> None:
    settings = teacher.get(f"{teacher.course}/settings").json or {}

    written = tomllib.loads(text_of(teacher))["settings"]

    left_out = settings.keys() - written.keys()
    assert left_out == {"enabled", "locked"}
    assert written["board"] == settings["board"]


def test_a_badge_that_is_held_or_was_bound_to_a_text_stays_so_elsewhere(
    teacher: Caller, client: FlaskClient, session: Session, course: Context
) -> None:
    document = {"badge_id": "helper", "name": "Helper", "criteria": "Help"}
    session.execute(
        sa.update(Badge).filter_by(key="helper").values(held_at=NOW, source=document)
    )
    session.commit()
    other = a_caller(session, client, of=a_context(session), role="instructor")

    put(other, text_of(teacher))

    session.rollback()
    there = sa.select(Badge).join(Context, Context.id == Badge.context_id)
    badge = session.scalars(
        there.where(Context.public_id == other.course_id, Badge.key == "helper")
    ).one()
    assert (badge.state, badge.held_at, badge.source) == ("active", NOW, document)
    assert badges_in(text_of(other))[0] == badges_in(text_of(teacher))[0]


def badges_in(text: str) -> list[dict[str, Any]]:
    return list(tomllib.loads(text)["badge"])


def test_what_a_text_gives_for_the_past_is_told_to_nobody(
    teacher: Caller, session: Session, course: Context
) -> None:
    a_badge(session, of=course, key="after", criterion={"badge": "helper"})
    a_badge(session, of=course, key="other")
    session.commit()

    put(teacher, text_of(teacher).replace("at_least = 25\n", "at_least = 1\n", 1))

    session.rollback()
    query = sa.select(Badge.key).join(BadgeVersion, BadgeVersion.badge_id == Badge.id)
    quiet = query.where(BadgeVersion.quiet, BadgeVersion.retired_at.is_(None))
    assert {*session.scalars(quiet)} == {"helper", "after"}


def test_the_text_of_a_course_changes_nothing_in_it(
    teacher: Caller, session: Session, course: Context
) -> None:
    text, before = text_of(teacher), badges(session, course)

    answer = put(teacher, text)

    assert answer.json == {"changes": [], "drafts": []}
    assert (text_of(teacher), badges(session, course)) == (text, before)
    assert session.scalars(sa.select(AuditEntry)).all() == []
    assert session.scalars(sa.select(Outbox)).all() == []


def test_another_course_becomes_the_same(
    teacher: Caller, client: FlaskClient, session: Session
) -> None:
    there = a_context(session, enabled=False)
    item = an_item(session, of=there, key="q7")
    item.label, item.position = "Quiz 1", 9
    other = a_caller(session, client, of=there, role="instructor")
    text = text_of(teacher)

    answer = put(other, text)
    again = put(other, text)

    ours, theirs = tomllib.loads(text), tomllib.loads(text_of(other))
    assert answer.json["drafts"] == []
    assert again.json == {"changes": [], "drafts": []}
    assert theirs["settings"] == ours["settings"]
    assert theirs["badge"][0] == ours["badge"][0]
    assert theirs["badge"][1]["criterion"] == {**QUICK, "item": "q7"}
    assert not session.get_one(Context, there.id, populate_existing=True).enabled


def test_a_badge_whose_item_is_not_here_becomes_a_draft_that_says_so(
    teacher: Caller, client: FlaskClient, session: Session
) -> None:
    there = a_context(session)
    # The same key for something else: it must not be taken for the old one.
    an_item(session, of=there, key="quiz-1").label = "Another thing"
    other = a_caller(session, client, of=there, role="instructor")

    answer = put(other, text_of(teacher))

    assert answer.json["drafts"] == [
        (
            "The badge quick is a draft: its rule names “Quiz 1”, and no item here is "
            "surely the same."
        )
    ]
    assert badges(session, there)["quick"] == ("draft", "course", 1)
    written = tomllib.loads(text_of(other))["badge"][1]
    assert written["criterion"]["item"] == "unbound:quiz-1 (Quiz 1)"
    assert put(other, text_of(other)).json["changes"] == []


def test_every_difference_is_a_sentence(teacher: Caller, session: Session) -> None:
    text = (
        text_of(teacher)
        .replace('rank = "hidden"', 'rank = "absolute"')
        .replace('label = "Helper"', 'label = "Friend"')
        .replace("at_least = 25", "at_least = 30")
        .replace("[settings.term]", "[settings.term]\nstart = 2026-09-01")
    )
    text += '\n[[badge]]\nkey = "new"\nmetric = "events"\nthreshold = 5\n'
    path = f"{teacher.course}/configuration/preview"
    before = text_of(teacher)

    preview = teacher.send_toml("POST", path, text).json
    still = text_of(teacher)
    done = put(teacher, text).json

    assert preview == done
    assert done == {
        "changes": [
            "The setting board.rank changes from “hidden” to “absolute”.",
            "The setting term.start changes from nothing to 2026-09-01.",
            "The badge “Helper” (helper) changes its label from “Helper” to “Friend”.",
            (
                "The badge “Helper” (helper) changes its rule from “Earn 25 points” to "
                "“Earn 30 points”."
            ),
            "The badge “New” (new) is added: Contribute 5 times.",
        ],
        "drafts": [],
    }
    assert (still, text_of(teacher) != before) == (before, True)


def test_what_a_list_of_badges_leaves_out_is_retired_and_comes_back(
    teacher: Caller, session: Session, course: Context
) -> None:
    whole = text_of(teacher)

    gone = put(teacher, "version = 1\nbadge = []")
    nothing = put(teacher, "version = 1")
    back = put(teacher, whole)

    assert [answer.json["changes"] for answer in (gone, nothing)] == [
        [
            "The badge “Helper” (helper) is retired; its awards stay.",
            "The badge “Quick” (quick) is retired; its awards stay.",
        ],
        [],
    ]
    assert len(back.json["changes"]) == 2
    assert text_of(teacher) == whole
    assert badges(session, course) == {
        "helper": ("active", "course", 1),
        "quick": ("active", "course", 1),
    }


def test_a_course_that_is_on_is_looked_at_by_its_new_rules(
    teacher: Caller, session: Session, course: Context
) -> None:
    text = text_of(teacher).replace("at_least = 25", "at_least = 1")

    put(teacher, text)

    session.rollback()
    waiting = session.execute(sa.select(Outbox.job, Outbox.subject_id)).all()
    assert waiting == [("evaluate_course", course.id)]
    assert badges(session, course)["helper"] == ("active", "course", 2)


def test_a_course_that_is_off_waits(
    client: FlaskClient, session: Session, teacher: Caller
) -> None:
    off = a_caller(
        session, client, of=a_context(session, enabled=False), role="instructor"
    )

    put(off, "version = 1\n[[badge]]\nkey='a'\nmetric='events'\nthreshold=1")

    session.rollback()
    assert session.scalars(sa.select(Outbox)).all() == []


def test_the_second_of_two_writers_is_told(teacher: Caller) -> None:
    path = f"{teacher.course}/configuration"
    tag = teacher.get(path).headers["ETag"]
    text = text_of(teacher)

    first = put(teacher, text.replace("at_least = 25", "at_least = 5"), If_Match=tag)
    second = put(teacher, text.replace("at_least = 25", "at_least = 6"), If_Match=tag)

    assert (first.status_code, second.status_code) == (200, 412)
    assert "at_least = 5" in text_of(teacher)
    assert put(teacher, text, If_Match=first.headers["ETag"]).status_code == 200


def test_reading_and_writing_take_as_many_questions_for_any_number_of_badges(
    app: OpenAPI, client: FlaskClient, session: Session
) -> None:
    def costs(number: int) -> tuple[int, int, int]:
        course = a_context(session)
        for n in range(number):
            an_item(session, of=course, key=f"quiz-{n}")
            rule = {"metric": "percent", "item": f"quiz-{n}", "at_least": 50}
            a_badge(session, of=course, key=f"badge_{n}", criterion=rule)
        teacher = a_caller(session, client, of=course, role="instructor")
        other = a_caller(session, client, of=a_context(session), role="instructor")
        with statements(app) as reading:
            text = text_of(teacher)
        with statements(app) as writing:
            answer = put(teacher, text.replace("at_least = 50", "at_least = 60"))
        with statements(app) as adding:
            put(other, text)
        assert len(answer.json["changes"]) == number
        return len(reading), len(writing), len(adding)

    assert costs(1) == costs(3)


def test_nobody_of_the_course_is_in_its_text(
    client: FlaskClient, session: Session, course: Context
) -> None:
    ada = a_member(session, of=course, name="Zora Geheim", alias="Grey Heron")
    teacher = a_caller(session, client, of=course, role="instructor")

    text = text_of(teacher)

    known = ("Zora", "Grey Heron", ada.user.public_id, str(NOW.year) + "-11-22")
    assert [word for word in known if word in text] == []
