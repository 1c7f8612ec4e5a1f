"""A command on a database that has not this version's tables says so in a sentence."""

import pytest
import sqlalchemy as sa
from flask_openapi3.openapi import OpenAPI

from cli import NOT_MIGRATED
from models.db import db

WORDS = [["platform", "list"], ["sync", "run"]]


@pytest.mark.parametrize("words", WORDS, ids=" ".join)
def test_a_command_names_the_upgrade_that_was_forgotten(
    app: OpenAPI, words: list[str]
) -> None:
    forget_tables(app)

    result = app.test_cli_runner().invoke(args=words)

    assert result.exit_code == 1
    assert result.output.splitlines()[-1] == f"Error: {NOT_MIGRATED}"


def test_a_statement_that_is_wrong_by_itself_keeps_its_error(app: OpenAPI) -> None:
    command = app.cli.command("wrong")

    @command
    def _wrong() -> None:
        db.session.execute(sa.text("SELECT 1 FROM nowhere"))

    result = app.test_cli_runner().invoke(args=["wrong"])

    assert isinstance(result.exception, sa.exc.DBAPIError)


def forget_tables(app: OpenAPI) -> None:
    """Make the database an older one: a table was not there yet."""
    with app.app_context():
        for statement in (
            "ALTER TABLE registration RENAME TO later",
            "ALTER TABLE context RENAME TO even_later",
            "UPDATE alembic_version SET version_num = '0000'",
        ):
            db.session.execute(sa.text(statement))
        db.session.commit()
