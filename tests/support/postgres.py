"""A PostgreSQL cluster for one test run, on whatever the machine has.

Standard library alone: provisioning asks here before anything is installed.
"""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

MISSING = (
    "PostgreSQL was not found: set TEST_DATABASE_URL, or install it "
    "(Debian: apt-get install postgresql), or run `make test`, which tries to."
)
USER = "laurel"
MEMORY = Path("/dev/shm")  # noqa: S108 -- a folder of our own is made in it
ROOM = 2 << 30
"""So many bytes are free where clusters may lie in memory: one takes 100 MB."""
# A cluster that lives for minutes need not survive a power cut.
SETTINGS = (
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "wal_level=minimal",
    "max_wal_senders=0",
    "listen_addresses=",
    "timezone=UTC",
    "shared_buffers=64MB",
    "jit=off",
)


class PostgresMissing(Exception):
    """No PostgreSQL here that could be started; the message says what to do."""


@dataclass(frozen=True)
class Account:
    """Who the server runs as: it refuses to run as root."""

    uid: int
    gid: int

    def run(self, *command: str | Path) -> str:
        """Run a command as this account and return what it printed.

        Raises PostgresMissing with the command's own words when it fails.
        """
        switch: dict[str, int | list[int]] = {}
        if os.geteuid() != self.uid:
            switch = {"user": self.uid, "group": self.gid, "extra_groups": []}
        done = subprocess.run(  # noqa: S603 -- our own arguments
            [str(part) for part in command],
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            **switch,  # type: ignore[call-overload] # user and group are plain integers
        )
        if done.returncode != 0:
            raise PostgresMissing(f"{command[0]} failed: {done.stdout.strip()}")
        return str(done.stdout)


def find_programs() -> Path | None:
    """Return the folder with `initdb` and `pg_ctl`, or None."""
    return next((folder for folder in _folders() if _is_complete(folder)), None)


def memory() -> Path | None:
    """Return where files are kept in memory, or None without one that has room."""
    if not os.access(MEMORY, os.W_OK):
        return None
    return MEMORY if shutil.disk_usage(MEMORY).free >= ROOM else None


@contextmanager
def cluster(
    settings: Sequence[str] = SETTINGS, *, parent: Path | None = None
) -> Iterator[str]:
    """Run a cluster of our own; yield its URL, without a database's name.

    Its data lie in a new folder under `parent` (without one: under the temporary
    files), nothing is left behind, and nothing listens on the network.
    Raises PostgresMissing.
    """
    programs = find_programs()
    if programs is None:
        raise PostgresMissing(MISSING)
    account = _account()
    with _folder(account) as home, _folder(account, parent) as place:
        # Programs would not run where memory is mounted: only data go there.
        programs = _reachable(programs, home)
        data = place / "data"
        account.run(programs / "initdb", *_initdb_options(data))
        options = " ".join(f"-c {setting}" for setting in (*settings, _socket(home)))
        start = ("-w", "-l", home / "log", "-o", options, "start")
        account.run(programs / "pg_ctl", "-D", data, *start)
        try:
            yield f"postgresql+psycopg://{USER}@/{{database}}?host={home}"
        finally:
            account.run(programs / "pg_ctl", "-D", data, "-m", "immediate", "stop")


@contextmanager
def _folder(account: Account, parent: Path | None = None) -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="laurel-pg-", dir=parent))
    try:
        os.chown(folder, account.uid, account.gid)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _initdb_options(data: Path) -> tuple[str | Path, ...]:
    trust = ("--auth=trust", "--no-sync", "--username", USER)
    return ("-D", data, *trust, "--encoding=UTF8", "--locale=C")


def _socket(home: Path) -> str:
    return f"unix_socket_directories={home}"


def _folders() -> Iterator[Path]:
    if found := shutil.which("initdb"):
        yield Path(found).resolve().parent
    # The newest Debian package first.
    yield from sorted(
        Path("/usr/lib/postgresql").glob("*/bin"),
        key=lambda folder: float(folder.parent.name),
        reverse=True,
    )
    if configured := shutil.which("pg_config"):
        asked = subprocess.run(  # noqa: S603 -- found on the machine's own path
            [configured, "--bindir"], capture_output=True, text=True, check=False
        )
        yield Path(asked.stdout.strip())
    if wheel := find_spec("pgserver"):
        # Only its programs: importing it would start looking for a home of its own.
        yield Path(str(wheel.origin)).parent / "pginstall" / "bin"


def _is_complete(folder: Path) -> bool:
    programs = ("initdb", "pg_ctl", "postgres")
    return all(os.access(folder / program, os.X_OK) for program in programs)


def _account() -> Account:
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid())
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_uid, entry.pw_gid)
    raise PostgresMissing("PostgreSQL refuses to run as root: add a user `postgres`.")


def _reachable(programs: Path, home: Path) -> Path:
    """Return programs that the server's account may run; copies, if it must be."""
    if os.geteuid() != 0 or programs.parent.name != "pginstall":
        return programs
    # A wheel lies in a folder that root may keep to itself; its libraries lie beside.
    package = programs.parent.parent
    for part in (package, package.with_name(f"{package.name}.libs")):
        if part.is_dir():
            shutil.copytree(part, home / part.name, symlinks=True)
    return home / programs.relative_to(package.parent)
