"""A course's settings and badges as one text, and what is changed in it."""

import tomllib

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from flask_openapi3.openapi import OpenAPI
from sqlalchemy.orm import Session

from gamification.catalog.locks import LOCKABLE
from gamification.catalog.settings import COLUMNS
from models import AuditEntry, Badge, BadgeVersion, Context, Outbox
from tests.factories import a_badge, a_context, a_member, an_item
from tests.support.clock import NOW
from tests.support.configuring import QUICK, a_course_with_rules, badges, put, text_of
from tests.support.launches import Caller, a_caller
from tests.support.statements import statements


@pytest.fixture
def course(session: Session) -> Context:
    return a_course_with_rules(session)


@pytest.fixture
def teacher(session: Session, client: FlaskClient, course: Context) -> Caller:
    return a_caller(session, client, of=course, role="instructor")


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
            "leagues": False,
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

    assert set(COLUMNS.values()) == columns
    assert {f"settings.{name}" for name in COLUMNS} <= set(LOCKABLE)


def test_every_setting_of_a_course_is_in_its_text(teacher: Caller) -> None:
    settings = teacher.get(f"{teacher.course}/settings").json or {}

    written = tomllib.loads(text_of(teacher))["settings"]

    left_out = settings.keys() - written.keys()
    assert left_out == {"enabled", "locked"}
    assert written["board"] == settings["board"]


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


def test_a_byte_order_mark_is_no_part_of_a_text(teacher: Caller) -> None:
    answer = put(teacher, "\ufeff" + text_of(teacher))

    assert answer.json == {"changes": [], "drafts": []}


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
