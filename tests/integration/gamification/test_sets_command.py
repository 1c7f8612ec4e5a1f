"""`flask course sets`, as an operator types it."""

import json
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from gamification.activity.item_sets import SetTold, set_item_sets
from models import Context, Outbox
from tests.factories import an_item
from tests.integration.gamification.conftest import Flask
from tests.support.clock import NOW

OF = ("course", "sets", "--course", "42")
TOML = """
[[sets]]
key = "unit-1"
label = "Unit 1"
items = ["quiz-1", "quiz-2"]
"""


@pytest.fixture
def quizzes(session: Session, course: Context) -> Context:
    for number in (1, 2):
        an_item(session, of=course, key=f"quiz-{number}")
    week = SetTold("week-1", "section", "Week 1", ())
    set_item_sets(session, course, "moodle", [week], NOW)
    session.commit()
    return course


def test_sets_are_made_by_a_file_and_listed(
    flask: Flask, session: Session, quizzes: Context, tmp_path: Path
) -> None:
    toml, none = tmp_path / "sets.toml", tmp_path / "none.json"
    toml.write_text(TOML)
    none.write_text(json.dumps({"sets": []}))

    made = flask(*OF, "--from", str(toml))
    listed = flask(*OF, "--tenant", "acme")
    jobs = session.scalars(sa.select(Outbox.job)).all()
    session.rollback()
    gone = flask(*OF, "--from", str(none))

    unit, week = "unit-1 module instructor 2 Unit 1", "week-1 section moodle 0 Week 1"
    assert sorted(made.stdout.splitlines()) == [unit, week]
    assert (listed.exit_code, listed.stdout) == (0, made.stdout)
    assert "evaluate_course" in jobs
    assert gone.stdout.splitlines() == [week]


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        (TOML.replace("quiz-2", "quiz-9"), 1, 'there is no item "quiz-9"; there are'),
        (TOML + TOML, 1, "two sets have the same key"),
        (TOML.replace("unit-1", "week-1"), 1, "that of a set which moodle tells"),
        ("[[badge]]", 1, "sets: Field required"),
        ("sets", 2, "sets.toml cannot be read"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_is_made(
    flask: Flask, quizzes: Context, tmp_path: Path, text: str, code: int, said: str
) -> None:
    path = tmp_path / "sets.toml"
    path.write_text(text)

    told = flask(*OF, "--from", str(path))

    assert (told.exit_code, told.stdout) == (code, "")
    assert said in told.stderr
    assert flask(*OF).stdout == "week-1 section moodle 0 Week 1\n"


def test_a_course_that_is_not_there_is_refused(flask: Flask) -> None:
    told = flask("course", "sets", "--course", "no-such")

    assert told.exit_code == 2
    assert told.stderr.endswith("`flask course list` lists them.\n")
