"""What an organisation's courses begin with, from the first launch to a page."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from flask_openapi3.openapi import OpenAPI
from sqlalchemy.orm import Session

from gamification.standings import set_consent, set_name_consent
from jobs.awards import recompute_all
from models import Context, Membership
from tests.conformance.stage import Stage, bearer_of
from tests.factories import a_member
from tests.integration.api.conftest import rows_of
from tests.support.clock import NOW
from tests.support.launches import CATALOG, Caller, a_caller, a_live_course, hand_in
from tests.support.markup import text_of
from tests.support.platform import Registered

SAID = (
    "Your organisation keeps this as it is. Whoever runs Laurel for it can unlock "
    "settings.board.rank in the catalog."
)
LOCK = 'locked = ["settings.board.rank"]\n'


def write(app: OpenAPI, folder: Path, **tables: str) -> None:
    """Let the operator write what organisations, by their keys, begin with."""
    # A file of its own each time: one that changed within a tick is not read again.
    path = folder / f"settings-{len(list(folder.iterdir()))}.toml"
    text = [
        f"[tenant.{key}]\n{table.replace('[board', f'[tenant.{key}.settings.board')}"
        for key, table in tables.items()
    ]
    path.write_text("\n".join([CATALOG.read_text(), *text]))
    app.extensions["laurel"] = replace(app.extensions["laurel"], catalog_file=path)


def night(session: Session) -> None:
    """Let the worker look at all courses, as it does each night."""
    session.commit()
    assert {outcome.failed for outcome in recompute_all()} == {0}
    session.expire_all()


def settings(caller: Caller) -> Any:  # noqa: ANN401 -- whatever JSON holds
    return caller.get(f"{caller.course}/settings").json


def put(caller: Caller, **board: object) -> Any:  # noqa: ANN401 -- werkzeug's answer
    return caller.send("PUT", f"{caller.course}/settings", {"board": board})


def a_class(session: Session, course: Context) -> list[Membership]:
    """Let six learners join a course's board, each with more points than the last."""
    members = [
        a_member(session, of=course, name=f"Name {n}", alias=f"Alias {n}")
        for n in range(6)
    ]
    for n, member in enumerate(members, 1):
        hand_in(session, member, times=n)
        set_consent(session, member, NOW, joined=True)
    return members


def teacher_of(session: Session, client: FlaskClient, course: Context) -> Caller:
    return a_caller(session, client, of=course, role="instructor")


def test_two_organisations_differ(
    app: OpenAPI, session: Session, client: FlaskClient, tmp_path: Path
) -> None:
    courses = [a_live_course(session) for _ in range(3)]
    keys = [course.tenant.key for course in courses]
    teachers = [teacher_of(session, client, course) for course in courses]
    plain = settings(teachers[2])
    acme = '[board]\nrank = "hidden"\n[board.span]\ntop = 7\n'
    umbrella = '[board]\nenabled = true\nrank = "relative"\nlists = true\n'

    with app.app_context():
        write(app, tmp_path, **{keys[0]: acme, keys[1]: umbrella})
        night(session)
    found = [settings(one) for one in teachers]

    assert found[0]["board"] == {
        **plain["board"],
        "rank": "hidden",
        "span": {"neighbours": 2, "top": 7},
    }
    assert found[1]["board"] == {
        **plain["board"],
        "enabled": True,
        "rank": "relative",
        "lists": True,
    }
    assert found[2] == plain


@pytest.mark.parametrize("enabled", [True, False])
def test_a_course_begins_with_them_at_its_first_launch(
    enabled: bool,
    app: OpenAPI,
    registered: Registered,
    session: Session,
    client: FlaskClient,
    tmp_path: Path,
) -> None:
    stage = Stage(app, registered, session)
    write(app, tmp_path, acme=f"[board]\nenabled = {str(enabled).lower()}\n")

    begun = stage.begin(registered.cast.iris)
    token = bearer_of(stage.post(begun, stage.token(begun)))
    session.rollback()
    course = session.scalars(sa.select(Context)).one()

    assert course.board_enabled == enabled
    caller = Caller(client, token, course.public_id)
    assert settings(caller)["board"]["enabled"] == enabled
    assert settings(caller)["enabled"] is False


def test_what_a_course_decided_stays_and_what_it_did_not_follows(
    app: OpenAPI, session: Session, client: FlaskClient, tmp_path: Path
) -> None:
    course = a_live_course(session)
    key, teacher = course.tenant.key, teacher_of(session, client, course)
    write(app, tmp_path, **{key: '[board]\nrank = "hidden"\nlists = true\n'})

    decided = put(teacher, rank="absolute")
    write(app, tmp_path, **{key: '[board]\nrank = "relative"\n'})
    with app.app_context():
        night(session)

    # Nobody had looked at the course since the catalog changed: it counts all the same.
    assert decided.json["board"]["rank"] == "absolute"
    assert decided.json["board"]["lists"] is True
    board = settings(teacher)["board"]
    assert (board["rank"], board["lists"]) == ("absolute", False)


def test_a_locked_setting_is_the_organisations_whatever_the_course_had(
    app: OpenAPI, session: Session, client: FlaskClient, tmp_path: Path
) -> None:
    course = a_live_course(session, board_rank="relative")
    key, teacher = course.tenant.key, teacher_of(session, client, course)
    board = '[board]\nrank = "hidden"\n'
    write(app, tmp_path, **{key: f"{LOCK}{board}"})

    refused = put(teacher, rank="absolute")
    with app.app_context():
        night(session)
    locked = settings(teacher)
    same = teacher.send("PUT", f"{teacher.course}/settings", locked)
    write(app, tmp_path, **{key: board})
    beside = put(teacher, lists=True)

    assert (refused.status_code, refused.json["detail"]) == (403, SAID)
    assert (locked["board"]["rank"], locked["locked"]) == ("hidden", ["board.rank"])
    assert (same.status_code, same.json) == (200, locked)
    assert beside.json["board"]["rank"] == "relative"


def test_the_operator_is_told_that_the_catalog_has_the_last_word(
    app: OpenAPI, session: Session, tmp_path: Path
) -> None:
    course = a_live_course(session)
    write(app, tmp_path, **{course.tenant.key: f'{LOCK}[board]\nrank = "hidden"\n'})
    file = tmp_path / "course.txt"
    file.write_text('version = 1\n[settings.board]\nrank = "relative"\n')
    session.commit()

    command = ["course", "import", str(file), "--course", course.public_id]
    result = app.test_cli_runner().invoke(args=command)

    assert (result.exit_code, result.stderr) == (1, f"Error: {SAID}\n")


def test_a_page_and_the_board_follow(
    app: OpenAPI, session: Session, client: FlaskClient, tmp_path: Path
) -> None:
    course = a_live_course(session)
    members, key = a_class(session, course), course.tenant.key
    caller = a_caller(session, client, member=members[2])
    closed = caller.get(f"{caller.course}/leaderboard").json
    board = "[board]\nenabled = true\n"
    with app.app_context():
        write(app, tmp_path, **{key: board})
        night(session)
        ranked = rows_of(caller)
        shown = text_of(caller.get("/panel/leaderboard").text)
        write(app, tmp_path, **{key: f'{board}rank = "hidden"\n'})
        night(session)

    assert (closed or {})["items"] == []
    assert ranked[0]["rank"] == 1
    assert "Alias 5" in shown
    assert {row["rank"] for row in rows_of(caller)} == {None}


def test_a_board_of_names_names_nobody_who_did_not_agree(
    app: OpenAPI, session: Session, client: FlaskClient, tmp_path: Path
) -> None:
    course = a_live_course(session)
    members = a_class(session, course)
    set_name_consent(session, members[5], NOW, named=True)
    caller = a_caller(session, client, member=members[2])
    table = (
        'locked = ["settings.board"]\n[board]\nenabled = true\n'
        'identity = "name"\nparticipation = "all"\n[board.span]\ntop = 10\n'
    )

    with app.app_context():
        write(app, tmp_path, **{course.tenant.key: table})
        night(session)
    pages = ["/panel/leaderboard", "/panel/overview"]
    said = "".join(caller.get(page).text for page in pages)
    names = {row["name"] for row in rows_of(caller)}

    assert "Name 5" in names
    assert {name for name in names if name.startswith("Name")} == {"Name 5"}
    assert [n for n in (0, 1, 3, 4) if f"Name {n}" in said] == []


def test_a_board_that_the_course_turned_on_shows_nobody_more(
    app: OpenAPI, session: Session, client: FlaskClient, tmp_path: Path
) -> None:
    course = a_live_course(session)
    silent = [a_member(session, of=course, alias=f"Quiet {n}") for n in range(6)]
    for member in silent:
        hand_in(session, member, times=1)
    teacher = teacher_of(session, client, course)
    put(teacher, enabled=True)
    table = '[board]\nparticipation = "all"\n'

    with app.app_context():
        write(app, tmp_path, **{course.tenant.key: table})
        night(session)

    assert settings(teacher)["board"]["participation"] == "opt_in"
    learner = a_caller(session, client, member=silent[0])
    assert (learner.get(f"{learner.course}/leaderboard").json or {})["people"] == 0
