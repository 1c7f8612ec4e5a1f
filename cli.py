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
    personal,
    platform,
    previewing,
    scores,
    scoring,
    standing,
    sync,
    webhook,
    worker,
)

NOT_MIGRATED = (
    "The database has not the tables of this version: run `flask db upgrade`."
)

PARTS = (
    (catalog.group, exchanging.import_badges),
    (catalog.group, exchanging.export_badges),
    (gamification.group, previewing.command),
    (person.group, personal.show),
    (person.group, personal.data),
    (person.group, personal.history),
)
"""Commands of a group that have a module of their own."""
COMMANDS: tuple[click.Command, ...] = (
    api_key.group,
    audit.group,
    award.group,
    badge.group,
    catalog.group,
    code.group,
    course.group,
    doctor.command,
    event.group,
    experiment.group,
    gamification.group,
    group.group,
    keys.group,
    mcp.command,
    messages.group,
    person.group,
    platform.group,
    scores.group,
    scoring.group,
    standing.group,
    sync.group,
    webhook.group,
    worker.worker,
)


def register(app: Flask) -> None:
    """Add every command to the application."""
    with app.app_context():
        _say_what_is_missing(db.engine, app.extensions["migrate"].directory)
    for whole, part in PARTS:
        whole.add_command(part)
    for command in COMMANDS:
        app.cli.add_command(command)


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
