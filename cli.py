"""The operator's commands; each is thin and asks the same functions as a page."""

import sys

import click
import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask

from models.db import db
from views.commands import (
    api_key,
    audit,
    award,
    badge,
    catalog,
    code,
    course,
    doctor,
    event,
    exchanging,
    experiment,
    gamification,
    group,
    keys,
    mcp,
    messages,
    person,
    platform,
    previewing,
    scores,
    scoring,
    standing,
    sync,
    worker,
)

NOT_MIGRATED = (
    "The database has not the tables of this version: run `flask db upgrade`."
)


def register(app: Flask) -> None:
    """Add every command to the application."""
    with app.app_context():
        _say_what_is_missing(db.engine, app.extensions["migrate"].directory)
    app.cli.add_command(api_key.group)
    app.cli.add_command(audit.group)
    app.cli.add_command(award.group)
    app.cli.add_command(badge.group)
    catalog.group.add_command(exchanging.import_badges)
    catalog.group.add_command(exchanging.export_badges)
    app.cli.add_command(catalog.group)
    app.cli.add_command(code.group)
    app.cli.add_command(course.group)
    app.cli.add_command(doctor.command)
    app.cli.add_command(event.group)
    app.cli.add_command(experiment.group)
    gamification.group.add_command(previewing.command)
    app.cli.add_command(gamification.group)
    app.cli.add_command(group.group)
    app.cli.add_command(keys.group)
    app.cli.add_command(mcp.command)
    app.cli.add_command(messages.group)
    app.cli.add_command(person.group)
    app.cli.add_command(platform.group)
    app.cli.add_command(scores.group)
    app.cli.add_command(scoring.group)
    app.cli.add_command(standing.group)
    app.cli.add_command(sync.group)
    app.cli.add_command(worker.worker)


def only_explains() -> bool:
    """Whether this process is a command that says how it is called, and ends."""
    words = sys.argv[1:]
    is_command = click.get_current_context(silent=True) is not None
    return is_command and (not words or "--help" in words)


def _say_what_is_missing(engine: sa.Engine, migrations: str) -> None:
    """Let a command say that `flask db upgrade` was forgotten, instead of some SQL."""

    # It lives as long as what was compiled for this engine: it holds no application.
    @sa.event.listens_for(engine, "handle_error", retval=True)
    def _explained(context: sa.engine.ExceptionContext) -> Exception | None:
        command, connection = click.get_current_context(silent=True), context.connection
        if command is None or connection is None:
            return None
        if _is_migrated(connection.engine, migrations):
            return None
        return click.ClickException(NOT_MIGRATED)


def _is_migrated(engine: sa.Engine, migrations: str) -> bool:
    there = ScriptDirectory(migrations).get_current_head()
    # The connection that failed may be inside of a transaction that is broken off.
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision() == there
