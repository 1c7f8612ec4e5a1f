import traceback
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask_openapi3.openapi import OpenAPI

from config import Config
from models.db import db
from tests.factories import a_member
from tests.support import postgres
from tests.support.databases import Databases


def test_a_server_that_is_named_is_used_and_left_as_it_was(
    monkeypatch: pytest.MonkeyPatch, settings: Config, tmp_path: Path
) -> None:
    with postgres.cluster() as url:
        monkeypatch.setenv("TEST_DATABASE_URL", url.format(database="postgres"))
        databases = Databases(tmp_path, settings)

        with databases.fresh("postgresql") as database:
            assert "tenant" in tables_of(database.url)
            during = databases_of(url)
        databases.close()

        assert len(during) == 2
        assert databases_of(url) == []


def test_a_server_that_refuses_is_named_in_one_sentence(
    monkeypatch: pytest.MonkeyPatch, settings: Config, tmp_path: Path
) -> None:
    monkeypatch.setenv(
        "TEST_DATABASE_URL", f"postgresql://nobody@/tests?host={tmp_path}"
    )
    databases = Databases(tmp_path, settings)

    with (
        pytest.raises(postgres.PostgresMissing, match="may not make a database"),
        databases.fresh("postgresql"),
    ):
        pass


def test_a_statement_that_fails_does_not_quote_what_it_was_given(app: OpenAPI) -> None:
    statement = sa.text("SELECT :name FROM nowhere")

    with app.app_context(), pytest.raises(sa.exc.DBAPIError) as failed:
        db.session.execute(statement, {"name": "Zoe Zander"})

    assert "nowhere" in str(failed.value)
    assert "Zoe" not in str(failed.value)


def test_a_row_that_is_refused_is_not_quoted(app: OpenAPI) -> None:
    name, status = "Zoe Zander", "guest"

    with app.app_context(), pytest.raises(sa.exc.IntegrityError) as failed:
        a_member(db.session(), name=name, status=status)

    said = "".join(traceback.format_exception(failed.value))
    assert "membership" in str(failed.value)
    assert name not in said


def tables_of(url: str) -> list[str]:
    engine = sa.create_engine(url)
    names = sa.inspect(engine).get_table_names()
    engine.dispose()
    return names


def databases_of(url: str) -> list[str]:
    engine = sa.create_engine(url.format(database="postgres"))
    with engine.connect() as connection:
        names = connection.scalars(
            sa.text("SELECT datname FROM pg_database WHERE datname LIKE 'laurel%'")
        ).all()
    engine.dispose()
    return list(names)
