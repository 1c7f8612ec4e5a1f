"""`flask course …`: a course's settings and badges, without its people."""

from pathlib import Path

import click
from flask.cli import AppGroup

from gamification.copying.outline import outline_of
from gamification.copying.reading import BadFile
from gamification.copying.writing import to_toml
from models.db import db
from models.locks import begin_write
from views.api.changes import lock
from views.api.configuring import Plan, carry_out, plan
from views.commands.previewing import the_course

group = AppGroup("course", help="A course's settings and badges, without its people.")
of_course = click.option("--course", required=True, help="Our id, or the platform's.")
of_tenant = click.option("--tenant", help="Only among this organisation's courses.")
NOTHING = "Nothing changes: all of it is so already."


@group.command("export")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path), required=False)
@of_course
@of_tenant
def export_course(file: Path | None, course: str, tenant: str | None) -> None:
    """Write a course's settings and badges to FILE as TOML, or print them."""
    text = to_toml(outline_of(db.session(), the_course(course, tenant)))
    if file is None:
        click.echo(text, nl=False)
        return
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise click.ClickException(f"{file}: {error.strerror}") from None


@group.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@of_course
@of_tenant
@click.option("--dry-run", is_flag=True, help="Only say what would change.")
def import_course(
    file: Path, course: str, tenant: str | None, *, dry_run: bool
) -> None:
    """Make a course what FILE says, all of it or nothing.

    Exit code 1, with each fault and its line, if the file cannot be used.
    """
    session = db.session()
    begin_write(session)
    context = the_course(course, tenant)
    lock(context)
    try:
        planned = plan(context, file.read_bytes())
    except BadFile as bad:
        click.echo("\n".join(map(str, bad.faults)), err=True)
        raise click.ClickException(f"{file.name} was not imported.") from None
    if dry_run:
        session.rollback()
    else:
        carry_out(context, planned)
        session.commit()
    click.echo("\n".join(told(planned)))


def told(planned: Plan) -> list[str]:
    """Say what changes, and what becomes a draft."""
    return [*planned.changes, *planned.drafts] or [NOTHING]
