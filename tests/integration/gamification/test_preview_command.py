"""`flask gamification preview`, as an operator types it."""

import json
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import Context, Membership
from tests.integration.gamification.conftest import Flask
from tests.support.badges import STARTER_AND_LATE

FILE = f"""{STARTER_AND_LATE}
[[badge]]
key = "idle"
metric = "score"
threshold = 0

[[badge]]
key = "broken"
metric = "nights"
threshold = 1
"""


def test_a_file_is_told_badge_by_badge(
    flask: Flask, session: Session, course: Context, tmp_path: Path
) -> None:
    for number, person in enumerate(
        session.scalars(sa.select(Membership).order_by(Membership.id))
    ):
        person.name = f"Name {number}" if number else ""
    nameless = session.scalars(sa.select(Membership).order_by(Membership.id)).first()
    assert nameless is not None
    public_id = nameless.user.public_id
    session.commit()
    path = tmp_path / "mine.toml"
    path.write_text(FILE)

    result = flask("gamification", "preview", str(path), "--course", "42")

    assert result.stdout.splitlines() == [
        "starter: Contribute once",
        f"  gains 3: {public_id}, Name 1, Name 2",
        "  losses 0",
        "  finding: Everybody in the course (3) would have it at once.",
        "late: Complete quiz-9",
        "  gains 0",
        "  losses 0",
        ('  refused: criterion.item: there is no item "quiz-9"; there are none yet'),
        "idle: Earn 0 points",
        f"  gains 3: {public_id}, Name 1, Name 2",
        "  losses 0",
        "  finding: Everybody meets it before doing anything.",
        "  finding: Everybody in the course (3) would have it at once.",
        (
            'broken: refused: there is no metric "nights"; there are score, events, '
            "authored, active_days, completed, time_spent, and more for a criterion"
        ),
    ]
    assert result.exit_code == 1


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_one_badge_may_be_a_json_file(
    flask: Flask, course: Context, tmp_path: Path, encoding: str
) -> None:
    badge = {"key": "b", "criterion": {"metric": "authored", "at_least": 9}}
    path = tmp_path / "badge.json"
    path.write_text(json.dumps(badge), encoding=encoding)

    result = flask("gamification", "preview", str(path), "--course", course.public_id)

    assert result.stdout.splitlines() == [
        "b: Hand in or post 9 different pieces of work",
        "  gains 0",
        "  losses 0",
    ]
    assert result.exit_code == 0


def test_a_course_and_a_file_that_are_not_there_are_said(
    flask: Flask, course: Context, tmp_path: Path
) -> None:
    path = tmp_path / "badge.toml"
    path.write_text("[[badge]")

    unreadable = flask("gamification", "preview", str(path), "--course", "42")
    stranger = flask("gamification", "preview", str(path), "--course", "41")

    assert "badge.toml cannot be read" in unreadable.stderr
    assert "No course has this id" in stranger.stderr
    assert (unreadable.exit_code, stranger.exit_code) == (2, 2)
