"""Every setting, read from the environment once and never changed after."""

import contextlib
import os
import secrets
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from click import ClickException
from cryptography.fernet import Fernet
from dotenv import dotenv_values

ROOT = Path(__file__).resolve().parent
INSTANCE = ROOT / "instance"
LOOPBACK = {"localhost", "127.0.0.1", "::1"}
TRUE, FALSE = {"1", "true", "yes", "on"}, {"0", "false", "no", "off", ""}


class ConfigError(ClickException):
    """The settings do not allow a start; the message says what to set.

    A command prints it without a traceback.
    """


@dataclass(frozen=True)
class Config:
    """The settings of one process; section 4 of the design names them."""

    # Where the world finds us; every absolute URL is built from it.
    public_url: str
    # `production`, or `development`: http on loopback hosts, and test knobs.
    environment: str
    # An absolute SQLite file or postgresql+psycopg://…
    database_url: str
    # The operator's switch, the first of three.
    gamification_enabled: bool
    # Signs the queue's messages: a worker takes no others.
    secret_key: str = field(repr=False)
    # Encrypt what rests in the database; the first encrypts, all decrypt.
    encryption_keys: tuple[str, ...] = field(repr=False)
    # How many proxies in front may be believed.
    trusted_proxies: int
    # The shipped catalog, or the operator's own.
    catalog_file: Path
    # The zone of the schedule, and of tenants that name none.
    time_zone: str
    # When the nightly recompute runs, HH:MM in `time_zone`.
    recompute_at: str
    # How often each course is synchronised.
    sync_every_minutes: int
    # Where mail will go out; nothing sends any yet.
    smtp_url: str = field(repr=False)
    # Development only: a file with {"offset_seconds": N} that moves our clock.
    clock_file: Path | None
    # Where the queue's own file lies when the database is SQLite.
    instance: Path

    @property
    def is_development(self) -> bool:
        return self.environment == "development"

    @property
    def is_https(self) -> bool:
        return self.public_url.startswith("https://")

    @property
    def database_file(self) -> Path | None:
        """The SQLite file that app, migrations and backups open; else None."""
        name = self.database_url.removeprefix("sqlite:///")
        return None if name == self.database_url else Path(name)

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] | None = None) -> Self:
        """Read `.env` and the process environment, which wins.

        Raises ConfigError naming every setting that does not allow a start.
        """
        if environ is None:
            file = {k: v for k, v in dotenv_values(ROOT / ".env").items() if v}
            environ = {**file, **os.environ}
        problems: list[str] = []
        config = cls(
            **_addresses(environ, problems),
            **_secrets(environ, problems),
            **_schedule(environ, problems),
        )
        if problems:
            raise ConfigError("Laurel cannot start:\n- " + "\n- ".join(problems))
        return config

    @classmethod
    def without_environment(cls) -> Self:
        """Return settings by which commands can be named, and nothing be kept."""
        made_up = {
            "PUBLIC_URL": "https://laurel.invalid",
            "SECRET_KEY": secrets.token_urlsafe(48),
            "ENCRYPTION_KEYS": Fernet.generate_key().decode(),
        }
        return replace(cls.from_environment(made_up), database_url="sqlite://")


def _addresses(environ: Mapping[str, str], problems: list[str]) -> dict[str, Any]:
    environment = environ.get("LAUREL_ENV", "production")
    if environment not in {"production", "development"}:
        problems.append("LAUREL_ENV is `production` or `development`.")
    public_url = environ.get("PUBLIC_URL", "http://127.0.0.1:5000").rstrip("/")
    parts = urlsplit(public_url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        problems.append("PUBLIC_URL is an address such as https://laurel.example.org.")
    elif parts.path or parts.query:
        problems.append("PUBLIC_URL is an origin, without a path.")
    elif parts.scheme == "http" and environment == "production":
        problems.append("PUBLIC_URL must be https in production.")
    elif parts.scheme == "http" and parts.hostname not in LOOPBACK:
        problems.append("PUBLIC_URL may be http on a loopback host alone.")
    instance = Path(environ.get("INSTANCE_PATH") or INSTANCE).resolve()
    return {
        "public_url": public_url,
        "environment": environment,
        "database_url": _database_url(environ, instance, problems),
        "trusted_proxies": _number(environ, "TRUSTED_PROXIES", 0, problems),
        "smtp_url": environ.get("SMTP_URL", ""),
        "instance": instance,
    }


def _database_url(
    environ: Mapping[str, str], instance: Path, problems: list[str]
) -> str:
    url = environ.get("DATABASE_URL") or f"sqlite:///{instance / 'laurel.db'}"
    if url.startswith("postgresql+psycopg://"):
        return url
    if not url.startswith("sqlite:///"):
        problems.append("DATABASE_URL is sqlite:///… or postgresql+psycopg://….")
        return url
    # Flask-SQLAlchemy would look for a relative file in its own folder, the
    # migrations in theirs: one absolute path is one file.
    path = Path(url.removeprefix("sqlite:///"))
    return f"sqlite:///{path if path.is_absolute() else ROOT / path}"


def _secrets(environ: Mapping[str, str], problems: list[str]) -> dict[str, Any]:
    development = environ.get("LAUREL_ENV") == "development"
    keys = [k.strip() for k in environ.get("ENCRYPTION_KEYS", "").split(",")]
    found = {
        "secret_key": environ.get("SECRET_KEY", ""),
        "encryption_keys": tuple(key for key in keys if key),
    }
    if development:
        instance = Path(environ.get("INSTANCE_PATH") or INSTANCE)
        found["secret_key"] = found["secret_key"] or _made_once(
            instance / "secret_key", secrets.token_urlsafe(32)
        )
        found["encryption_keys"] = found["encryption_keys"] or (
            _made_once(instance / "encryption_key", Fernet.generate_key().decode()),
        )
    if len(str(found["secret_key"])) < 32:
        problems.append("SECRET_KEY needs at least 32 characters.")
    if not found["encryption_keys"]:
        problems.append("ENCRYPTION_KEYS needs at least one key (docs/operating.md).")
    if not all(_is_fernet_key(key) for key in found["encryption_keys"]):
        problems.append("ENCRYPTION_KEYS holds one that is no 32-byte base64 key.")
    return {**found, "clock_file": _clock_file(environ, problems)}


def _clock_file(environ: Mapping[str, str], problems: list[str]) -> Path | None:
    name = environ.get("CLOCK_FILE")
    if name and environ.get("LAUREL_ENV") != "development":
        problems.append("CLOCK_FILE is for development alone.")
    return Path(name).resolve() if name else None


def _made_once(path: Path, value: str) -> str:
    """Return the secret in the file; write it first if there is none."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, draft = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(descriptor, "w") as file:
        file.write(value)
    # Two processes that start together find one whole secret: a link is made at once.
    with contextlib.suppress(FileExistsError):
        os.link(draft, path)
    Path(draft).unlink()
    return path.read_text().strip()


def _is_fernet_key(key: str) -> bool:
    try:
        Fernet(key)
    except ValueError:
        return False
    return True


def _schedule(environ: Mapping[str, str], problems: list[str]) -> dict[str, Any]:
    recompute_at = environ.get("RECOMPUTE_AT", "05:20")
    hour, _, minute = recompute_at.partition(":")
    if not (
        hour.isdigit() and minute.isdigit() and int(hour) < 24 and int(minute) < 60
    ):
        problems.append("RECOMPUTE_AT is a time of day such as 05:20.")
    zone = environ.get("TZ") or "UTC"
    if zone not in available_timezones():
        problems.append("TZ is a name such as Europe/Berlin.")
    alias = environ.get("KB_GAMIFICATION_ENABLED", "false")
    enabled = environ.get("GAMIFICATION_ENABLED", alias).strip().lower()
    if enabled not in TRUE | FALSE:
        problems.append("GAMIFICATION_ENABLED is `true` or `false`.")
    catalog = environ.get("CATALOG_FILE") or ROOT / "catalog.toml"
    return {
        "gamification_enabled": enabled in TRUE,
        "catalog_file": Path(catalog).resolve(),
        "time_zone": zone,
        "recompute_at": recompute_at,
        "sync_every_minutes": _number(environ, "SYNC_EVERY_MINUTES", 60, problems),
    }


def _number(
    environ: Mapping[str, str], name: str, default: int, problems: list[str]
) -> int:
    text = environ.get(name) or str(default)
    if text.isdigit():
        return int(text)
    problems.append(f"{name} is a whole number.")
    return default
