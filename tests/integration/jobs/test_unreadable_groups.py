"""Lines of a table of groups that cannot be read: each is told, and nothing changes."""

from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import Result
from flask_openapi3.openapi import OpenAPI
from sqlalchemy.orm import Session

from models import Context, Group
from tests.factories import a_context
from tests.support.importing import learners

Import = Callable[..., Result]

GROUPED = "user,group\ns0,Red\ns1,Red\ns2,Blue\ns3,Blue\n"
QUOTE = "a quote is missing, or is one too many"
REFUSED = "Error: Nothing was changed: please mend these lines.\n"


@pytest.fixture
def course(session: Session) -> Context:
    course = a_context(session)
    learners(session, course, 4)
    return course


@pytest.fixture
def group_import(app: OpenAPI, course: Context, tmp_path: Path) -> Import:
    """Import a table of teams as `flask group import` does."""
    file = tmp_path / "teams.csv"
    words = ["group", "import", str(file), "--course", course.public_id]

    def run(table: str | bytes, *more: str) -> Result:
        file.write_bytes(table if isinstance(table, bytes) else table.encode())
        invoke = app.test_cli_runner().invoke
        return invoke(args=[*words, "--kind", "team", *more])

    return run


def names(session: Session) -> list[str]:
    session.rollback()
    return list(session.scalars(sa.select(Group.name).order_by(Group.name)))


@pytest.mark.parametrize("more", [(), ("--dry-run",)])
def test_a_quote_that_is_left_open_takes_nobody_out_of_a_group(
    session: Session, group_import: Import, more: tuple[str, ...]
) -> None:
    group_import(GROUPED)

    done = group_import('user,group\ns0,Red\ns1,"Red\ns2,Blue\ns3,Blue\n', *more)

    told = f"line 3: it cannot be read, nor what follows up to line 5: {QUOTE}\n"
    assert (done.exit_code, done.stdout, done.stderr) == (1, told, REFUSED)
    assert names(session) == ["Blue", "Red"]


@pytest.mark.parametrize("row", ['s1,Red"', 's1,R"ed'])
def test_a_quote_too_many_makes_no_group_of_its_own(
    session: Session, group_import: Import, row: str
) -> None:
    group_import(GROUPED)

    done = group_import(f"user,group\ns0,Red\n{row}\ns2,Blue\ns3,Blue\n")

    assert done.stdout.startswith("line 3: it cannot be read")
    assert (done.exit_code, done.stderr) == (1, REFUSED)
    assert names(session) == ["Blue", "Red"]


def test_every_line_that_cannot_be_read_is_told(
    session: Session, group_import: Import
) -> None:
    table = (
        "user,group\r\n"
        "s0,Gr\xfcn\r\n"
        '"s1"x,Blau\r\n'
        's2,"Blau\r\nund Rot"\r\n'
        "s3,Blau,1\r\n"
        "\r\n"
        " , \r\n"
        "s3\r\n"
        "s3,Bl\x07au\r\n"
        f"s3,{'x' * 256}\r\n"
        "nobody,Blau\r\n"
    )

    done = group_import(table.encode("latin-1"))

    assert done.stdout.splitlines() == [
        "line 2: it is not written in UTF-8",
        f"line 3: it cannot be read: {QUOTE}",
        "line 4: a cell goes over several lines: a quote may be missing",
        "line 6: it has more cells than the first line",
        "line 9: group: it is empty",
        "line 10: group: it holds a character that no name has",
        "line 11: group: it is longer than 255 characters",
        "line 12: user: nobody in this course has this id",
    ]
    assert (done.exit_code, done.stderr) == (1, REFUSED)
    assert names(session) == []


def test_where_a_table_of_groups_cannot_be_read_any_further_it_says_so(
    session: Session, group_import: Import
) -> None:
    done = group_import('user,group\ns0,Red\ns1,"' + "x\n" * 70_000)

    told = "line 3: it cannot be read, and what follows was left out\n"
    assert (done.exit_code, done.stdout, done.stderr) == (1, told, REFUSED)
    assert names(session) == []


def test_a_table_of_groups_as_a_spreadsheet_writes_it_is_understood(
    session: Session, group_import: Import
) -> None:
    done = group_import('\ufeff"User";"Group"\r\n"s0";"Rot; Gelb"\r\n"s1";Blau\r\n')

    assert done.exit_code == 0
    assert done.stdout.endswith("groups=2 joined=2 left=0\n")
    assert names(session) == ["Blau", "Rot; Gelb"]


@pytest.mark.parametrize("table", ["user,group\n", "user,group\n,\n\n"])
def test_a_table_without_a_row_takes_nobody_out_unless_it_is_meant(
    group_import: Import, table: str
) -> None:
    group_import(GROUPED)

    refused = group_import(table)
    meant = group_import(table, "--empty")

    told = "Error: The table names nobody: --empty takes everybody out.\n"
    assert (refused.exit_code, refused.stderr) == (1, told)
    assert "joined=0 left=4" in meant.stdout
