"""A while of real work: `python -m bench.soak`, or `make soak`.

Several people at a time launch and look at their panels while the course is read
from the platform again and again. Ends by itself; with 1 if anything was refused or
failed. Everything is on this machine: the platform is the campus.
"""

import argparse
import json
import re
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path
from statistics import quantiles
from threading import Lock

from bench.browser import Failed, Fetch, Recording
from bench.site import LAUREL, Site, site
from config import Config
from tests.support.databases import Databases

PANELS = ("/panel/overview", "/panel/leaderboard", "/api/me/badges")
RECORDING = Recording(Fetch("/lti/login", {}), [], Fetch("/lti/launch", {}), [])
TOKEN = re.compile(r'id="laurel-session"[^>]*>(\{.*?\})<', re.DOTALL)
SYNC_EVERY = 10
WARM_UP = 40
MEBIBYTE = 2**20


@dataclass
class Tally:
    """What happened so far, by what was done; all threads write it."""

    seconds: dict[str, list[float]] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)
    _lock: Lock = field(default_factory=Lock)

    @contextmanager
    def timed(self, what: str) -> Iterator[None]:
        """Note how long something took, or how it failed."""
        began = time.perf_counter()
        try:
            yield
        except (Failed, HTTPException, OSError) as problem:
            with self._lock:
                self.errors.append(f"{what}: {problem!r}")
        else:
            with self._lock:
                took = time.perf_counter() - began
                self.seconds.setdefault(what, []).append(took)


def main() -> None:
    options = _parser().parse_args()
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        environment = {"LAUREL_ENV": "development", "INSTANCE_PATH": str(home)}
        databases = Databases(home, Config.from_environment(environment))
        stack.callback(databases.close)
        database = stack.enter_context(databases.fresh(options.database))
        served = stack.enter_context(site(LAUREL, database, home))
        for _ in range(WARM_UP):
            with served.browser() as browser:
                served.launch(browser, RECORDING)
        before = served.resident_bytes()
        tally, took = _soak(served, options.clients, options.seconds)
        grown = served.resident_bytes() - before
        _report(tally, took, options.database)
        print(
            f"memory of the server {before / MEBIBYTE:.1f} MiB, "
            f"{grown / MEBIBYTE:+.1f} MiB meanwhile"
        )
    if tally.errors:
        sys.exit("\n".join(tally.errors[:10]))


def _soak(served: Site, clients: int, seconds: float) -> tuple[Tally, float]:
    """Work until the time is up; return what happened and how long it took."""
    tally, began = Tally(), time.monotonic()
    until = began + seconds
    with ThreadPoolExecutor(clients + 1) as threads:
        work = [threads.submit(_read_until, served, until, tally)]
        work += [
            threads.submit(_visit_until, served, until, tally) for _ in range(clients)
        ]
        for done in work:
            done.result()
    return tally, time.monotonic() - began


def _visit_until(served: Site, until: float, tally: Tally) -> None:
    while time.monotonic() < until:
        with served.browser() as browser:
            token = ""
            with tally.timed("launch"):
                token = _token(served.launch(browser, RECORDING))
            for path in PANELS if token else ():
                with tally.timed(path):
                    browser.send("GET", Fetch(path, {"Authorization": token}))


def _read_until(served: Site, until: float, tally: Tally) -> None:
    """Read the course at once, and again every ten seconds."""
    while True:
        with tally.timed("sync"):
            served.work_and_sync()
        time.sleep(max(min(SYNC_EVERY, until - time.monotonic()), 0))
        if time.monotonic() >= until:
            return


def _token(page: str) -> str:
    found = TOKEN.search(page)
    if found is None:
        raise Failed("A launch's page holds no token.")
    return f"Bearer {json.loads(found[1])['token']}"


def _report(tally: Tally, took: float, database: str) -> None:
    launches = len(tally.seconds.get("launch", []))
    print(
        f"{database}: {launches / took:.1f} launches/s for {took:.0f} s, "
        f"{len(tally.errors)} errors"
    )
    for what, seconds in tally.seconds.items():
        print(f"  {what:<20}{len(seconds):>6} times  {_percentiles(seconds)}")


def _percentiles(seconds: Sequence[float]) -> str:
    cuts = quantiles([*seconds, seconds[-1]], n=20)
    return f"p50 {cuts[9] * 1000:7.1f} ms  p95 {cuts[18] * 1000:7.1f} ms"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench.soak", description=__doc__)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--clients", type=int, default=4)
    parser.add_argument(
        "--database", choices=["sqlite", "postgresql"], default="sqlite"
    )
    return parser


if __name__ == "__main__":
    main()
