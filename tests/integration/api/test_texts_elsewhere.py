"""What the text of one course makes of another one."""

import tomllib

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from models import Badge, BadgeVersion, Context, Item, Outbox
from tests.factories import a_context, an_item
from tests.support.clock import NOW
from tests.support.configuring import (
    QUICK,
    a_course_with_rules,
    badges,
    badges_in,
    put,
    text_of,
)
from tests.support.launches import Caller, a_caller


@pytest.fixture
def course(session: Session) -> Context:
    return a_course_with_rules(session)


@pytest.fixture
def teacher(session: Session, client: FlaskClient, course: Context) -> Caller:
    return a_caller(session, client, of=course, role="instructor")


def test_a_rule_whose_item_is_gone_stays_in_its_course_and_is_a_draft_elsewhere(
    teacher: Caller, client: FlaskClient, session: Session, course: Context
) -> None:
    session.execute(sa.update(Item).filter_by(key="quiz-1").values(gone_at=NOW))
    there = a_context(session)
    an_item(session, of=there, key="quiz-1").label = "Another one"
    session.commit()
    other = a_caller(session, client, of=there, role="instructor")
    text = text_of(teacher)

    same = put(teacher, text)
    elsewhere = put(other, text)

    assert (same.status_code, same.json) == (200, {"changes": [], "drafts": []})
    assert text_of(teacher) == text
    # An item there has its key, and another title.
    (draft,) = elsewhere.json["drafts"]
    assert draft.startswith("The badge quick is a draft: its rule names “Quiz 1”")
    assert badges_in(text_of(other))[1]["state"] == "draft"


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
            "The badge quick is a draft: its rule names “Quiz 1”, and nothing here is "
            "surely the same."
        )
    ]
    assert badges(session, there)["quick"] == ("draft", "course", 1)
    written = tomllib.loads(text_of(other))["badge"][1]
    assert written["criterion"]["item"] == "unbound:quiz-1 (Quiz 1)"
    assert put(other, text_of(other)).json["changes"] == []
