"""`flask course …`, as an operator types it."""

import os
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from flask_openapi3.openapi import OpenAPI
from sqlalchemy.orm import Session

from models import Badge, Context, Membership
from tests.factories import a_badge, a_context, a_member, an_item
from tests.integration.api.test_messages import use
from tests.integration.api.test_two_faces import fill
from tests.integration.gamification.conftest import Flask
from tests.support.clock import NOW
from tests.support.launches import a_caller, hand_in


@pytest.fixture
def helped(session: Session, course: Context) -> Context:
    a_badge(session, of=course, key="helper", threshold=25)
    session.commit()
    return course


def test_a_course_is_written_down_and_put_back(
    flask: Flask, helped: Context, tmp_path: Path
) -> None:
    path = tmp_path / "botany.toml"

    written = flask("course", "export", os.fspath(path), "--course", "42")
    printed = flask("course", "export", "--course", "42", "--tenant", "acme")
    back = flask("course", "import", os.fspath(path), "--course", "42")

    assert (written.stdout, written.exit_code) == ("", 0)
    assert printed.stdout == path.read_text()
    assert back.stdout == "Nothing changes: all of it is so already.\n"


def test_a_dry_run_says_the_same_and_writes_nothing(
    flask: Flask, helped: Context, tmp_path: Path
) -> None:
    path = tmp_path / "botany.toml"
    text = flask("course", "export", "--course", "42").stdout
    path.write_text(text.replace("at_least = 25", "at_least = 30"))
    words = ("course", "import", os.fspath(path), "--course", "42")

    dry = flask(*words, "--dry-run")
    unchanged = flask("course", "export", "--course", "42").stdout
    done = flask(*words)

    assert dry.stdout == done.stdout
    assert done.stdout == (
        "The badge “Helper” (helper) changes its rule from “Earn 25 points” to “Earn "
        "30 points”.\n"
    )
    assert unchanged == text
    assert flask("course", "export", "--course", "42").stdout == path.read_text()


def test_each_fault_is_a_line_and_nothing_is_done(
    flask: Flask, helped: Context, tmp_path: Path
) -> None:
    path = tmp_path / "botany.toml"
    path.write_text("version = 1\nbadge = 1\nbadges = 2\n")

    result = flask("course", "import", os.fspath(path), "--course", "42")

    assert result.exit_code == 1
    assert result.stderr.splitlines() == [
        "line 2, badge: this is not a list; write [[badge]]",
        (
            'line 3: unknown field "badges"; did you mean badge?; there are version, '
            "course, settings, scoring, messages, levels, break, badge, item, item_set"
        ),
        "Error: botany.toml was not imported.",
    ]


def test_a_file_that_cannot_be_written_is_named(
    flask: Flask, helped: Context, tmp_path: Path
) -> None:
    path = tmp_path / "nowhere" / "botany.toml"

    result = flask("course", "export", os.fspath(path), "--course", "42")

    assert result.exit_code == 1
    assert "No such file or directory" in result.stderr


def test_a_course_that_is_not_there_is_said(flask: Flask, helped: Context) -> None:
    result = flask("course", "export", "--course", "43")

    assert result.exit_code == 2
    assert "No course has this id" in result.stderr


def test_a_lock_binds_who_teaches_and_not_the_operator(
    flask: Flask,
    app: OpenAPI,
    client: FlaskClient,
    session: Session,
    helped: Context,
    tmp_path: Path,
) -> None:
    use(app, tmp_path, helped.tenant.key, ']\nlocked = ["settings.board", "badges"]\n')
    path = tmp_path / "botany.toml"
    path.write_text("version = 1\n[settings.board]\nenabled = true\n")

    teacher = a_caller(session, client, of=helped, role="instructor")
    address = f"{teacher.course}/configuration"

    refused = teacher.send_toml("PUT", address, path.read_text())
    done = flask("course", "import", os.fspath(path), "--course", "42")
    again = flask("course", "import", os.fspath(path), "--course", "42")

    assert (refused.status_code, "settings.board" in refused.text) == (403, True)
    assert (done.exit_code, done.stderr) == (0, "")
    assert "board.enabled" in done.stdout
    assert again.stdout == "Nothing changes: all of it is so already.\n"


def test_its_people_are_listed_page_by_page(
    flask: Flask, helped: Context, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("views.commands.paging.SIZE", 1)
    ben = a_member(session, of=helped, name="Ben")
    ada = a_member(session, of=helped, name="Ada", role="instructor")
    nameless = a_member(session, of=helped, name="", status="left")
    hand_in(session, ben, times=2)
    session.commit()

    lines = flask("course", "members", "--course", "42").stdout.splitlines()
    found = flask("course", "members", "--course", "42", "--search", "be").stdout

    assert lines[:2] + lines[-1:] == [
        f"{nameless.user.public_id} learner left 0 0",
        f"{ada.user.public_id} instructor active 0 0 Ada",
        f"{ben.user.public_id} learner active 4 0 Ben",
    ]
    query = sa.select(sa.func.count()).where(Membership.context_id == helped.id)
    assert len(lines) == session.scalar(query)
    assert found == f"{lines[-1]}\n"


def test_its_activities_are_listed_by_their_keys(
    flask: Flask, helped: Context, session: Session
) -> None:
    an_item(session, of=helped, key="quiz-1")
    gone = an_item(session, of=helped, key="quiz-2")
    gone.gone_at = NOW
    session.commit()

    told = flask("course", "items", "--course", "42")

    assert told.stdout == "quiz-1 Quiz 1\nquiz-2 gone Quiz 2\n"


@pytest.fixture
def new(session: Session, helped: Context) -> Context:
    new = a_context(
        session, registration=helped.registration, enabled=False, lti_id="43"
    )
    session.execute(sa.update(Badge).values(origin="course"))
    session.commit()
    return new


def test_a_course_is_copied_after_a_look_at_it(
    flask: Flask, new: Context, session: Session
) -> None:
    words = ("course", "copy", "--from", "42", "--to", "43")

    dry = flask(*words, "--dry-run")
    unchanged = flask("course", "export", "--course", "43").stdout
    done = flask(*words)
    again = flask(*words)

    added = "The badge “Helper” (helper) is added: Earn 25 points.\n"
    assert (dry.stdout, done.stdout) == (added, added)
    assert "helper" not in unchanged
    assert "helper" in flask("course", "export", "--course", "43").stdout
    assert again.stdout == "Nothing changes: all of it is so already.\n"
    session.rollback()
    assert not session.get_one(Context, new.id, populate_existing=True).enabled


def test_courses_of_two_organisations_share_nothing(
    flask: Flask, helped: Context, session: Session
) -> None:
    a_context(session, lti_id="44")
    session.commit()

    result = flask("course", "copy", "--from", "42", "--to", "44")

    assert result.exit_code == 2
    assert "Name two courses of the same organisation." in result.stderr
    assert "helper" not in flask("course", "export", "--course", "44").stdout


def test_a_course_that_is_full_says_so_and_takes_nothing(
    flask: Flask, new: Context, session: Session
) -> None:
    fill(session, new)
    before = flask("course", "export", "--course", "43").stdout

    copied = flask("course", "copy", "--from", "42", "--to", "43")

    assert copied.exit_code == 1
    assert "A course has 200 badges at most" in copied.stderr
    assert flask("course", "export", "--course", "43").stdout == before
