"""What an organisation locks its courses cannot change, and everything else they can."""

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from flask_openapi3.openapi import OpenAPI
from sqlalchemy.orm import Session

from models import Context
from tests.support.badges import TWICE, get, put
from tests.support.launches import CATALOG, Caller, a_caller, a_live_course

SAID = (
    "Your organisation keeps this as it is. Whoever runs Laurel for it can unlock "
    "{} in the catalog."
)


@pytest.fixture
def course(session: Session) -> Context:
    return a_live_course(session)


@pytest.fixture
def teacher(session: Session, client: FlaskClient, course: Context) -> Caller:
    return a_caller(session, client, of=course, role="instructor")


def lock(app: OpenAPI, folder: Path, tenant: str, *names: str) -> None:
    """Let the operator lock something for one organisation."""
    path = folder / "locked.toml"
    table = f"[tenant.{tenant}]\nlocked = {list(names)}\n"
    path.write_text(f"{CATALOG.read_text()}\n{table}")
    app.extensions["laurel"] = replace(app.extensions["laurel"], catalog_file=path)


def settings(teacher: Caller, change: dict[str, Any]) -> Any:  # noqa: ANN401 -- werkzeug's answer
    return teacher.send("PUT", f"{teacher.course}/settings", change)


def test_a_locked_badge_is_not_changed_and_its_neighbours_are(
    app: OpenAPI, course: Context, teacher: Caller, tmp_path: Path
) -> None:
    lock(app, tmp_path, course.tenant.key, "badges.author")

    refused = put(teacher, "author", TWICE)
    saved = put(teacher, "regular", TWICE)

    assert (refused.status_code, saved.status_code) == (403, 200)
    assert refused.json["detail"] == SAID.format("badges.author")
    read = [get(teacher, key).json for key in ("author", "regular")]
    assert [badge["locked"] for badge in read] == [True, False]
    assert [badge["label"] for badge in read] == ["Author", "Twice"]


def test_where_all_badges_are_locked_no_new_one_is_made(
    app: OpenAPI, course: Context, teacher: Caller, tmp_path: Path
) -> None:
    lock(app, tmp_path, course.tenant.key, "badges")

    assert put(teacher, "twice", TWICE).status_code == 403
    assert get(teacher, "twice").status_code == 404


def test_what_was_changed_before_it_was_locked_may_be_put_back(
    app: OpenAPI, course: Context, teacher: Caller, tmp_path: Path
) -> None:
    put(teacher, "author", TWICE)
    lock(app, tmp_path, course.tenant.key, "badges.author")

    answer: Any = teacher.send("POST", f"{teacher.course}/badges/author/reset")

    assert (answer.status_code, answer.json["origin"]) == (200, "shipped")


def test_a_locked_setting_stays_and_nothing_beside_it_is_half_done(
    app: OpenAPI, course: Context, teacher: Caller, tmp_path: Path
) -> None:
    lock(app, tmp_path, course.tenant.key, "settings.board.identity", "settings.term")
    before: Any = teacher.get(f"{teacher.course}/settings").json
    both = {"board": {"identity": "name", "enabled": True}}

    refused = settings(teacher, both)
    back = settings(teacher, before)
    saved = settings(teacher, {"board": {"enabled": True}})

    assert (refused.status_code, back.status_code) == (403, 200)
    assert refused.json["detail"] == SAID.format("settings.board.identity")
    assert before["locked"] == ["board.identity", "term"]
    assert back.json == before
    board = {**before["board"], "enabled": True}
    assert saved.json == {**before, "board": board}


def test_another_organisations_locks_lock_nothing_here(
    app: OpenAPI, course: Context, teacher: Caller, tmp_path: Path
) -> None:
    lock(app, tmp_path, "umbrella", "badges", "settings")

    badge = put(teacher, "author", TWICE)
    changed = settings(teacher, {"board": {"identity": "name"}})

    assert (badge.status_code, changed.status_code) == (200, 200)
    assert changed.json["locked"] == []


def test_the_operator_may_change_what_is_locked_for_courses(
    app: OpenAPI, session: Session, course: Context, tmp_path: Path
) -> None:
    lock(app, tmp_path, course.tenant.key, "badges")
    session.commit()
    of_course = ["author", "--course", course.public_id]

    held = app.test_cli_runner().invoke(args=["badge", "hold", *of_course])
    shown = app.test_cli_runner().invoke(args=["badge", "show", *of_course])

    assert held.stdout == "author: held, version 1\n"
    assert '"locked": true' in shown.stdout


@pytest.mark.parametrize("has_been_read", [True, False])
def test_a_file_that_cannot_be_read_unlocks_nothing(
    app: OpenAPI,
    course: Context,
    teacher: Caller,
    tmp_path: Path,
    *,
    has_been_read: bool,
) -> None:
    lock(app, tmp_path, course.tenant.key, "badges.author")
    if has_been_read:
        assert put(teacher, "author", TWICE).status_code == 403
    broken = tmp_path / "locked.toml"
    broken.write_text("[tenant")
    os.utime(broken, (1, 1))

    refused, other = (put(teacher, key, TWICE) for key in ("author", "regular"))

    assert refused.status_code == 403
    # Before any was read, nobody knows what is locked.
    assert other.status_code == (200 if has_been_read else 403)
