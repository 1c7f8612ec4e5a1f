import os
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import FrozenInstanceError
from pathlib import Path
from threading import Barrier

import pytest
import sqlalchemy as sa
from cryptography.fernet import Fernet

from app import create_app
from config import ROOT, Config, ConfigError
from models import Base
from models.db import db
from tests.factories import a_tenant

KEY = Fernet.generate_key().decode()
PRODUCTION = {
    "PUBLIC_URL": "https://laurel.example.org",
    "SECRET_KEY": "s" * 32,
    "ENCRYPTION_KEYS": KEY,
}


@pytest.fixture
def development(tmp_path: Path) -> dict[str, str]:
    return {"LAUREL_ENV": "development", "INSTANCE_PATH": str(tmp_path)}


def problems_of(environ: dict[str, str]) -> list[str]:
    with pytest.raises(ConfigError) as refusal:
        Config.from_environment(environ)
    return str(refusal.value).splitlines()[1:]


def test_production_starts_with_an_address_and_its_secrets() -> None:
    config = Config.from_environment(PRODUCTION)

    assert config.environment == "production"
    assert config.is_https
    assert not config.is_development
    assert config.database_url == f"sqlite:///{ROOT / 'instance' / 'laurel.db'}"
    assert config.gamification_enabled is False
    assert config.trusted_proxies == 0
    assert (config.time_zone, config.recompute_at) == ("UTC", "05:20")
    assert config.sync_every_minutes == 60
    assert config.catalog_file == ROOT / "catalog.toml"
    assert config.smtp_url == ""
    assert config.clock_file is None


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"PUBLIC_URL": ""}, "PUBLIC_URL is an address"),
        ({"PUBLIC_URL": "laurel.example.org"}, "PUBLIC_URL is an address"),
        ({"PUBLIC_URL": "ftp://laurel.example.org"}, "PUBLIC_URL is an address"),
        ({"PUBLIC_URL": "http://laurel.example.org"}, "must be https in production"),
        ({"PUBLIC_URL": "http://127.0.0.1:5000"}, "must be https in production"),
        ({"PUBLIC_URL": "https://example.org/laurel"}, "without a path"),
        ({"SECRET_KEY": ""}, "SECRET_KEY needs at least 32"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY needs at least 32"),
        ({"ENCRYPTION_KEYS": ""}, "ENCRYPTION_KEYS needs at least one"),
        ({"ENCRYPTION_KEYS": f"{KEY},oops"}, "holds one that is no 32-byte"),
        ({"LAUREL_ENV": "staging"}, "LAUREL_ENV is"),
        ({"DATABASE_URL": "mysql://db/laurel"}, "DATABASE_URL is"),
        ({"DATABASE_URL": "postgresql://db/laurel"}, "DATABASE_URL is"),
        ({"TRUSTED_PROXIES": "many"}, "TRUSTED_PROXIES is a whole number"),
        ({"TRUSTED_PROXIES": "-1"}, "TRUSTED_PROXIES is a whole number"),
        ({"SYNC_EVERY_MINUTES": "1.5"}, "SYNC_EVERY_MINUTES is a whole number"),
        ({"RECOMPUTE_AT": "24:00"}, "RECOMPUTE_AT is a time of day"),
        ({"RECOMPUTE_AT": "noon"}, "RECOMPUTE_AT is a time of day"),
        ({"TZ": "Mars/Olympus"}, "TZ is a name"),
        ({"GAMIFICATION_ENABLED": "perhaps"}, "GAMIFICATION_ENABLED is"),
        ({"CLOCK_FILE": "clock.json"}, "CLOCK_FILE is for development"),
    ],
)
def test_a_setting_that_makes_no_sense_refuses_to_start(
    changes: dict[str, str], problem: str
) -> None:
    problems = problems_of(PRODUCTION | changes)

    assert [problem in line for line in problems] == [True]


def test_every_problem_is_named_at_once() -> None:
    assert len(problems_of({})) == 3


def test_the_example_of_the_manual_is_not_a_secret() -> None:
    problems = problems_of({**PRODUCTION, "SECRET_KEY": "", "ENCRYPTION_KEYS": ""})

    assert [line.split()[1] for line in problems] == ["SECRET_KEY", "ENCRYPTION_KEYS"]


def test_development_makes_its_secrets_once(
    development: dict[str, str], tmp_path: Path
) -> None:
    first = Config.from_environment(development)
    second = Config.from_environment(development)

    assert first == second
    assert len(first.secret_key) >= 32
    assert {path.name for path in tmp_path.iterdir()} == {
        "secret_key",
        "encryption_key",
    }
    assert (tmp_path / "secret_key").stat().st_mode & 0o077 == 0


def test_processes_that_start_together_find_the_same_secrets(
    development: dict[str, str],
) -> None:
    together = Barrier(8)

    def start(_number: int) -> Config:
        together.wait()
        return Config.from_environment(development)

    with ThreadPoolExecutor(8) as pool:
        configs = list(pool.map(start, range(8)))

    assert configs == [configs[0]] * 8


def test_development_allows_http_on_loopback_alone(
    development: dict[str, str],
) -> None:
    local = development | {"PUBLIC_URL": "http://localhost:5000/"}
    remote = development | {"PUBLIC_URL": "http://laurel.example.org"}

    assert Config.from_environment(local).public_url == "http://localhost:5000"
    assert "loopback" in problems_of(remote)[0]


@pytest.mark.parametrize(
    ("environ", "enabled"),
    [
        ({}, False),
        ({"GAMIFICATION_ENABLED": "true"}, True),
        ({"GAMIFICATION_ENABLED": " Yes "}, True),
        ({"GAMIFICATION_ENABLED": "0"}, False),
        ({"GAMIFICATION_ENABLED": ""}, False),
        ({"KB_GAMIFICATION_ENABLED": "true"}, True),
        ({"KB_GAMIFICATION_ENABLED": "true", "GAMIFICATION_ENABLED": "off"}, False),
        ({"KB_GAMIFICATION_ENABLED": "false", "GAMIFICATION_ENABLED": "on"}, True),
    ],
)
@pytest.mark.demand("A15")
def test_the_operators_switch_has_an_alias_that_gives_way(
    *, environ: dict[str, str], enabled: bool
) -> None:
    config = Config.from_environment(PRODUCTION | environ)

    assert config.gamification_enabled is enabled


def test_several_encryption_keys_keep_their_order() -> None:
    other = Fernet.generate_key().decode()

    config = Config.from_environment(
        PRODUCTION | {"ENCRYPTION_KEYS": f" {other} , {KEY},"}
    )

    assert config.encryption_keys == (other, KEY)


def test_settings_neither_change_nor_print_their_secrets() -> None:
    config = Config.from_environment(
        PRODUCTION | {"SMTP_URL": "smtps://laurel:hunter2@mail.example.org"}
    )

    with pytest.raises(FrozenInstanceError):
        config.public_url = "https://other.example"  # type: ignore[misc] # the point
    for secret in (config.secret_key, KEY, "hunter2"):
        assert secret not in repr(config)


@pytest.mark.parametrize("given", ["instance/own.db", "own.db"])
def test_a_relative_database_is_one_absolute_file(given: str) -> None:
    config = Config.from_environment(
        PRODUCTION | {"DATABASE_URL": f"sqlite:///{given}"}
    )

    assert config.database_url == f"sqlite:///{ROOT / given}"
    assert config.database_file == ROOT / given


def test_postgresql_is_taken_as_it_is() -> None:
    url = "postgresql+psycopg://laurel:pw@db.example.org/laurel"

    config = Config.from_environment(PRODUCTION | {"DATABASE_URL": url})

    assert (config.database_url, config.database_file) == (url, None)


def test_the_file_of_settings_gives_way_to_the_process(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / ".env").write_text(
        "PUBLIC_URL=https://file.example\nSYNC_EVERY_MINUTES=7\nTZ=\n"
    )
    monkeypatch.setattr("config.ROOT", tmp_path)
    for name, value in (PRODUCTION | {"TZ": "Europe/Berlin"}).items():
        monkeypatch.setenv(name, value)

    config = Config.from_environment()

    assert config.public_url == PRODUCTION["PUBLIC_URL"]
    assert config.sync_every_minutes == 7
    assert config.time_zone == "Europe/Berlin"


def test_app_migrations_and_backups_open_the_same_file(
    development: dict[str, str], tmp_path: Path
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    flask = [sys.executable, "-m", "flask", "--app", str(ROOT / "app.py")]

    subprocess.run(  # noqa: S603 -- our own command
        [*flask, "db", "upgrade"],
        cwd=elsewhere,
        env={"PATH": os.environ["PATH"]} | development,
        check=True,
        capture_output=True,
    )

    config = Config.from_environment(development)
    file = config.database_file
    assert file is not None
    app = create_app(config)
    with app.app_context():
        tables = set(sa.inspect(db.engine).get_table_names())
        opened = db.session.execute(sa.text("PRAGMA database_list")).one()[2]
        a_tenant(db.session(), key="acme")
        db.session.commit()
        db.session.remove()
        db.engine.dispose()
    copy = tmp_path / "copy.db"
    with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(copy)) as to:
        source.backup(to)
        assert to.execute("SELECT key FROM tenant").fetchall() == [("acme",)]
    assert file == tmp_path / "laurel.db"
    assert Path(opened) == file
    assert tables == set(Base.metadata.tables) | {"alembic_version"}
    assert list(elsewhere.iterdir()) == []


def test_a_command_that_cannot_start_says_why_in_a_few_lines(tmp_path: Path) -> None:
    environ = {**os.environ, "LAUREL_ENV": "production", "PUBLIC_URL": "http://a.test"}
    environ["FLASK_APP"] = str(ROOT / "app.py")

    # In another folder, where no .env can help.
    ended = subprocess.run(
        [sys.executable, "-m", "flask", "routes"],
        cwd=tmp_path,
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )

    assert ended.returncode == 1
    first, second, *_ = ended.stderr.splitlines()
    assert (first, second) == (
        "Error: Laurel cannot start:",
        "- PUBLIC_URL must be https in production.",
    )
