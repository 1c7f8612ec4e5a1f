"""See that a full run finds PostgreSQL and Chromium; get them if they are not here.

Standard library alone. Says what was found; ends with one sentence and exit code 1
if something is missing that cannot be had. Nothing is fetched that is here already.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable

from tests.support import chromium, postgres

Way = Callable[[], None]


def main() -> None:
    print(f"PostgreSQL: {_ensure(postgresql, [_apt('postgresql')])}")
    browser = _ensure(chromium.chromium, [_apt("chromium"), _playwright])
    print(f"Chromium: {browser}")


def postgresql() -> str:
    """Return where PostgreSQL is. Raises PostgresMissing."""
    if os.environ.get("TEST_DATABASE_URL"):
        return "TEST_DATABASE_URL"
    if programs := postgres.find_programs():
        return str(programs)
    raise postgres.PostgresMissing(postgres.MISSING)


def _ensure(find: Callable[[], str], ways: list[Way]) -> str:
    for get in ways:
        try:
            return find()
        except (postgres.PostgresMissing, chromium.ChromiumMissing) as missing:
            print(f"Not found yet: {str(missing).split(' ', 1)[0]}. Trying to get it.")
            get()
    try:
        return find()
    except (postgres.PostgresMissing, chromium.ChromiumMissing) as missing:
        sys.exit(str(missing))


def _apt(package: str) -> Way:
    def install() -> None:
        if os.geteuid() != 0 or shutil.which("apt-get") is None:
            return
        quiet = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        for command in (
            ["apt-get", "update", "-qq"],
            ["apt-get", "install", "-y", "-qq", "--no-install-recommends", package],
        ):
            _run(command, quiet)

    return install


def _playwright() -> None:
    _run([sys.executable, "-m", "playwright", "install", "chromium"], dict(os.environ))


def _run(command: list[str], environment: dict[str, str]) -> None:
    """Run one way; whether it helped is seen by looking again."""
    done = subprocess.run(  # noqa: S603 -- our own arguments
        command, env=environment, stdin=subprocess.DEVNULL, check=False
    )
    if done.returncode != 0:
        print(f"`{' '.join(command)}` failed.")


if __name__ == "__main__":
    main()
