"""`…/item-sets`: which modules there are, and those that are made by hand."""

import tomllib
from datetime import datetime
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from gamification.activity.item_sets import SetTold, set_item_sets
from models import Context, Item, ItemSet, Outbox
from tests.factories import a_badge, a_context, an_item
from tests.support.clock import NOW
from tests.support.launches import Caller, a_caller

UNIT: dict[str, object] = {
    "key": "unit-1",
    "label": "Unit 1",
    "items": ["quiz-1", "quiz-2"],
}


@pytest.fixture
def course(session: Session) -> Context:
    course = a_context(session)
    for number in (1, 2):
        an_item(session, of=course, key=f"quiz-{number}")
    return course


@pytest.fixture
def teacher(session: Session, client: FlaskClient, course: Context) -> Caller:
    return a_caller(session, client, of=course, role="instructor")


def put(caller: Caller, *sets: dict[str, object], **headers: str) -> Any:  # noqa: ANN401 -- a response
    path = f"{caller.course}/item-sets"
    return caller.send("PUT", path, {"sets": sets}, **headers)


def test_an_instructor_says_what_is_in_a_module(
    session: Session, teacher: Caller
) -> None:
    answer = put(teacher, UNIT)
    jobs = session.scalars(sa.select(Outbox.job)).all()
    put(teacher, UNIT)

    assert answer.status_code == 200
    assert answer.json["items"] == [
        {**UNIT, "kind": "module", "source": "instructor"},
    ]
    assert teacher.get(f"{teacher.course}/item-sets").json == answer.json
    # Everybody is looked at by what is in it now.
    assert len(jobs) == 1


def test_of_two_who_change_the_sets_the_second_is_told(teacher: Caller) -> None:
    path = f"{teacher.course}/item-sets"
    tag = teacher.get(path).headers["ETag"]

    first = put(teacher, UNIT, If_Match=tag)
    second = put(teacher, If_Match=tag)

    assert (first.status_code, second.status_code) == (200, 412)
    assert teacher.get(path).headers["ETag"] == first.headers["ETag"] != tag


def test_what_is_not_there_is_named_with_what_is(
    session: Session, teacher: Caller
) -> None:
    unknown = put(teacher, UNIT, {"key": "unit-2", "items": ["quiz-9"]})
    twice = put(teacher, UNIT, UNIT)

    assert (unknown.status_code, unknown.json["detail"]) == (
        422,
        (
            'sets[1].items: there is no item "quiz-9"; there are quiz-1 (Quiz 1), '
            "quiz-2 (Quiz 2)"
        ),
    )
    assert twice.status_code == 422
    assert "two sets have the same key" in twice.json["detail"]
    assert session.scalars(sa.select(ItemSet)).all() == []


def test_a_platforms_sets_stay_what_it_tells(
    session: Session, course: Context, teacher: Caller
) -> None:
    told = [SetTold("unit-1", "section", "Week 1", ())]
    set_item_sets(session, course, "moodle", told, NOW)
    session.commit()

    taken = put(teacher, UNIT)
    none = put(teacher)

    reason = 'sets: "unit-1": its key is that of a set which moodle tells'
    assert (taken.status_code, taken.json["detail"]) == (422, reason)
    assert [one["label"] for one in none.json["items"]] == ["Week 1"]


def test_the_courses_text_names_the_sets_of_its_rules(
    session: Session, course: Context, teacher: Caller
) -> None:
    rule = {"metric": "completed", "item_set": "unit-1"}
    a_badge(session, of=course, key="unit", criterion=rule)
    session.commit()
    put(teacher, UNIT, {"key": "unnamed", "items": []})
    path = f"{teacher.course}/configuration"

    text = teacher.get(path).text
    same: Any = teacher.send_toml("PUT", path, text)
    other: Any = teacher.send_toml(
        "PUT", path, text.replace('item_set = "unit-1"', 'item_set = "unit-9"')
    )

    assert tomllib.loads(text)["item_set"] == [
        {"key": "unit-1", "label": "Unit 1", "kind": "module"}
    ]
    assert (same.status_code, same.json) == (200, {"changes": [], "drafts": []})
    assert other.status_code == 422
    assert (
        'its rule names a set of items "unit-9"; there are unit-1'
        in (other.json["detail"])
    )


def test_the_courses_text_describes_what_its_rules_name_and_is_gone(
    session: Session, course: Context, teacher: Caller
) -> None:
    rule = {"metric": "completed", "item_set": "unit-1"}
    a_badge(session, of=course, key="unit", criterion=rule)
    an_item(session, of=course, key="quiz-1-2").label = "Quiz 1"
    session.commit()
    put(teacher, UNIT)
    path = f"{teacher.course}/configuration"
    weight = (
        'version = 1\nscoring = [{kind = "completed", item = "quiz-1", weight = 7}]'
    )
    teacher.send_toml("PUT", path, weight)
    put(teacher)
    session.execute(sa.update(Item).filter_by(key="quiz-1").values(gone_at=NOW))
    session.commit()

    text = teacher.get(path).text
    same: Any = teacher.send_toml("PUT", path, text)

    document = tomllib.loads(text)
    assert [one["label"] for one in document["item_set"]] == ["Unit 1"]
    assert [one["key"] for one in document["item"]] == ["quiz-1"]
    # Another item of that title is not meant in this course.
    assert (same.status_code, same.json) == (200, {"changes": [], "drafts": []})


def test_a_set_that_is_told_again_keeps_the_item_that_is_gone(
    session: Session, teacher: Caller
) -> None:
    def gone(at: datetime | None) -> None:
        session.execute(sa.update(Item).filter_by(key="quiz-1").values(gone_at=at))
        session.commit()

    put(teacher, UNIT)
    gone(NOW)

    renamed = put(teacher, {**UNIT, "label": "One", "items": ["quiz-2"]})
    gone(None)
    back: Any = teacher.get(f"{teacher.course}/item-sets").json
    without = put(teacher, {**UNIT, "items": ["quiz-2"]}).json["items"]

    assert [one["items"] for one in renamed.json["items"]] == [["quiz-2"]]
    assert [(one["label"], one["items"]) for one in back["items"]] == [
        ("One", ["quiz-1", "quiz-2"])
    ]
    assert [one["items"] for one in without] == [["quiz-2"]]
