"""Groups over the API and the command line: told whole, and to whom they are shown."""

from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from flask_openapi3.openapi import OpenAPI
from sqlalchemy.orm import Session

from models import GroupMember, Membership
from tests.factories import a_member
from tests.integration.api.conftest import a_board
from tests.support.launches import Caller, a_caller


@pytest.fixture
def members(session: Session) -> list[Membership]:
    return a_board(session, people=10)


@pytest.fixture
def teacher(session: Session, client: FlaskClient, members: list[Membership]) -> Caller:
    return a_caller(session, client, of=members[0].context, role="instructor")


def teams(**members: list[Membership]) -> dict[str, object]:
    groups = [
        {"key": key, "name": key.title(), "members": [m.user.public_id for m in people]}
        for key, people in members.items()
    ]
    return {"kind": "team", "groups": groups}


def put(caller: Caller, body: object, **headers: str) -> Any:  # noqa: ANN401 -- a response
    return caller.send("PUT", f"{caller.course}/groups", body, **headers)


def test_an_instructor_says_who_is_in_which_team(
    teacher: Caller, members: list[Membership]
) -> None:
    answer = put(teacher, teams(red=members[:5], blue=members[5:]))

    rows = [(row["key"], row["name"], row["people"]) for row in answer.json["items"]]
    assert answer.status_code == 200
    assert rows == [("blue", "Blue", 5), ("red", "Red", 5)]
    assert teacher.get(f"{teacher.course}/groups").json == answer.json


def test_a_learner_reads_their_own_group_and_filters_by_it_alone(
    client: FlaskClient, session: Session, teacher: Caller, members: list[Membership]
) -> None:
    ada = a_caller(session, client, member=members[0])
    ids = {
        row["key"]: row["id"]
        for row in put(teacher, teams(red=members[:5], blue=members[5:])).json["items"]
    }
    board = f"{ada.course}/leaderboard?group="

    own: Any = ada.get(f"{ada.course}/groups").json
    mine: Any = ada.get(f"{board}{ids['red']}").json

    assert own["items"] == [
        {"id": ids["red"], "kind": "team", "key": "red", "name": "Red"}
    ]
    assert (mine["state"], mine["people"]) == ("ready", 5)
    assert [row["name"] for row in mine["items"] if row["me"]] == ["Alias 0"]
    assert ada.get(f"{board}{ids['blue']}").status_code == 404
    assert teacher.get(f"{board}{ids['blue']}").status_code == 200


def test_of_two_who_change_the_teams_the_second_is_told(
    teacher: Caller, members: list[Membership]
) -> None:
    path = f"{teacher.course}/groups?kind=team"
    tag = teacher.get(path).headers["ETag"]

    first = put(teacher, teams(red=members[:5]), If_Match=tag)
    second = put(teacher, teams(blue=members), If_Match=tag)

    assert (first.status_code, second.status_code) == (200, 412)
    assert first.headers["ETag"] == teacher.get(path).headers["ETag"] != tag


def test_who_is_nobody_here_is_named_and_nothing_is_changed(
    session: Session, teacher: Caller, members: list[Membership]
) -> None:
    stranger = a_member(session)
    session.commit()

    answer = put(teacher, teams(red=[members[0], stranger]))

    told = f"groups.members: nobody in this course is {stranger.user.public_id}"
    assert (answer.status_code, answer.json["detail"]) == (422, told)
    assert session.scalars(sa.select(GroupMember)).all() == []


def test_two_groups_of_one_key_are_refused(teacher: Caller) -> None:
    one = {"key": "red", "members": []}

    answer = put(teacher, {"kind": "team", "groups": [one, one]})

    assert answer.status_code == 422
    assert "two groups have the same key" in answer.json["detail"]


def table(path: Path, rows: list[tuple[str, str]]) -> str:
    lines = ["user,group", *(f"{user},{group}" for user, group in rows)]
    path.write_text("\n".join(lines))
    return str(path)


def test_a_table_makes_the_groups_of_a_kind(
    app: OpenAPI, session: Session, members: list[Membership], tmp_path: Path
) -> None:
    course = members[0].context.public_id
    rows = [
        (m.user.public_id, "red" if n < 5 else "blue") for n, m in enumerate(members)
    ]
    file = table(tmp_path / "teams.csv", rows)
    words = ["group", "import", file, "--course", course, "--kind", "team"]
    session.commit()
    run = app.test_cli_runner().invoke

    trial = run(args=[*words, "--dry-run"])
    done = run(args=words)
    listed = run(args=["group", "list", "--course", course])

    assert "every line can be read" in trial.output
    assert "groups=2 joined=10 left=0" in done.output
    assert [line.split()[1:] for line in listed.output.splitlines()] == [
        ["team", "5", "blue"],
        ["team", "5", "red"],
    ]


def test_a_table_with_a_wrong_row_changes_nothing_and_names_it(
    app: OpenAPI, session: Session, members: list[Membership], tmp_path: Path
) -> None:
    course = members[0].context.public_id
    rows = [(members[0].user.public_id, "red"), ("nobody", "red"), ("", "red")]
    file = table(tmp_path / "teams.csv", rows)
    session.commit()

    done = app.test_cli_runner().invoke(
        args=["group", "import", file, "--course", course, "--kind", "team"]
    )

    assert done.exit_code == 1
    assert "line 3: user: nobody in this course has this id" in done.output
    assert "line 4: user: it is empty" in done.output
    assert session.scalars(sa.select(GroupMember)).all() == []


def test_a_table_without_its_head_is_refused(
    app: OpenAPI, session: Session, members: list[Membership], tmp_path: Path
) -> None:
    file = tmp_path / "teams.csv"
    file.write_text("who,where\n")
    course = members[0].context.public_id
    session.commit()

    done = app.test_cli_runner().invoke(
        args=["group", "import", str(file), "--course", course, "--kind", "team"]
    )

    assert "The first line has to be: user,group" in done.output
