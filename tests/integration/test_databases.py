from pathlib import Path

import pytest
import sqlalchemy as sa

from config import Config
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
