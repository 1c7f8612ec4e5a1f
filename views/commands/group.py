"""`flask group …`: sections, departments, groups and teams of a course."""

from pathlib import Path

import click
from flask.cli import AppGroup

from gamification.standings import groups_of
from jobs.grouping import Grouped, import_groups
from jobs.tables import Unreadable
from models.db import db
from models.groups import KINDS
from views.commands.courses import known_course, of_course, of_tenant, the_course

group = AppGroup("group", help="Sections, departments, groups and teams of a course.")


@group.command("list")
@of_course
@of_tenant
def list_groups(course: str, tenant: str | None) -> None:
    """One line per group: id, kind, how many are in it, name."""
    for row in groups_of(db.session(), the_course(course, tenant)):
        click.echo(f"{row.id} {row.kind} {row.people} {row.name}")


@group.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@of_course
@of_tenant
@click.option("--kind", required=True, type=click.Choice(KINDS))
@click.option("--dry-run", is_flag=True, help="Look for wrong rows, write nothing.")
@click.option(
    "--empty", "may_be_empty", is_flag=True, help="Believe a table without a row."
)
def import_file(
    file: Path, course: str, tenant: str | None, kind: str, **how: bool
) -> None:
    """Make the groups of a kind those of a CSV file (user,group), all of them.

    Who is not in the file is in none of them any more. Wrong rows, or none at all:
    exit 1, and nothing was changed.
    """
    known = known_course(course, tenant)
    with file.open(encoding="utf-8", errors="replace", newline="") as lines:
        try:
            report = import_groups(known.context_id, kind, lines, **how)
        except Unreadable as error:
            raise click.ClickException(str(error)) from None
    _tell(known.name, report)


def _tell(course: str, report: Grouped) -> None:
    for row in report.rows:
        click.echo(f"line {row.line}: {row.reason}")
    if report.rows:
        raise click.ClickException("Nothing was changed: please mend these lines.")
    if report.done is None:
        click.echo(f"{course}: every line can be read (dry run: nothing was written)")
        return
    done = report.done
    click.echo(f"{course}: groups={done.groups} joined={done.joined} left={done.left}")
