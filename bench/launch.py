"""What a launch costs: `python -m bench.launch`, or `make bench`.

A launch is login, launch and everything that a browser fetches until the badges are
on the screen. Its cost is the user and system time of the web server's processes,
and of PostgreSQL's. Laurel and the documented way of PyLTI1p3 (bench/documented_way.py
says what is the same) take turns, and begin in turns. Ends with 1 if Laurel fetched
the platform's keys for a launch while it had them.
"""

import argparse
import platform
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from statistics import median

from bench.browser import Recording
from bench.recording import record
from bench.site import DIRECT, DOCUMENTED, LAUREL, THREADS, WORKERS, Site, site
from config import Config
from tests.support.databases import Databases

GOAL = 0.6
WARM_UP = 40
"""Launches before anything counts: every worker has met the platform by then."""


@dataclass(frozen=True)
class Round:
    """So many launches in a row, and what one of them cost."""

    cpu_ms: float
    wall_ms: float
    keys_fetched: float


@dataclass(frozen=True)
class Contestant:
    """A site with the requests of a new browser, and of one that was here before."""

    site: Site
    recordings: dict[str, Recording]


Results = dict[tuple[str, str], list[Round]]


def main() -> None:
    options = _parser().parse_args()
    print(
        f"Python {platform.python_version()}, gunicorn {version('gunicorn')} gthread, "
        f"{WORKERS} workers of {THREADS} threads, a course of 50 learners; "
        f"{options.rounds} rounds of {options.launches} launches each"
    )
    fetched = [
        _run(name, options.rounds, options.launches)
        for name in options.database or ["sqlite", "postgresql"]
    ]
    if any(fetched):
        sys.exit("Laurel fetched the platform's keys although it had them.")


def _run(database: str, rounds: int, launches: int) -> float:
    """Measure on one database and print it; return Laurel's key fetches a launch."""
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        contestants = list(_contestants(stack, database, home))
        results: Results = {}
        for number in range(rounds):
            for one in contestants[:: -1 if number % 2 else 1]:
                for cache, recording in one.recordings.items():
                    key = (one.site.subject.name, cache)
                    measured = measure(one.site, recording, launches)
                    results.setdefault(key, []).append(measured)
    _report(database, contestants, results)
    ours = [
        r for (name, _), list_ in results.items() if name == LAUREL.name for r in list_
    ]
    return max(measured.keys_fetched for measured in ours)


def _contestants(stack: ExitStack, database: str, home: Path) -> Iterator[Contestant]:
    config = Config.from_environment(
        {"LAUREL_ENV": "development", "INSTANCE_PATH": str(home)}
    )
    databases = Databases(home, config)
    stack.callback(databases.close)
    for number, subject in enumerate((LAUREL, DOCUMENTED, DIRECT)):
        own = home / str(number)
        own.mkdir()
        fresh = stack.enter_context(databases.fresh(database))
        served = stack.enter_context(site(subject, fresh, own))
        cold = record(served.course_page(), served.url)
        measure(served, cold, WARM_UP)
        yield Contestant(served, {"cold": cold, "warm": cold.warm()})


def measure(served: Site, recording: Recording, launches: int) -> Round:
    """Launch so many times, one after the other; return what one launch cost."""
    cpu, began = served.cpu_seconds(), time.perf_counter()
    fetched = served.keys_fetched()
    for _ in range(launches):
        with served.browser() as browser:
            served.launch(browser, recording)
    return Round(
        cpu_ms=(served.cpu_seconds() - cpu) * 1000 / launches,
        wall_ms=(time.perf_counter() - began) * 1000 / launches,
        keys_fetched=(served.keys_fetched() - fetched) / launches,
    )


def _report(database: str, contestants: list[Contestant], results: Results) -> None:
    print(f"\n{database}: server CPU a launch, median [least to most]")
    for cache in ("cold", "warm"):
        for one in contestants:
            rounds = results[one.site.subject.name, cache]
            print(
                f"  {cache} cache  {one.site.subject.name:<24}"
                f"{_spread(r.cpu_ms for r in rounds)}"
                f"  {one.recordings[cache].count:>2} requests"
                f"  keys fetched {median(r.keys_fetched for r in rounds):.2f}"
                f"  {median(r.wall_ms for r in rounds):.1f} ms to wait"
            )
        ours = _cost(results, LAUREL.name, cache)
        for other in (DOCUMENTED, DIRECT):
            ratio = ours / _cost(results, other.name, cache)
            print(f"  {cache} cache  ratio {ratio:.2f} to {other.name}")


def _cost(results: Results, name: str, cache: str) -> float:
    return median(measured.cpu_ms for measured in results[name, cache])


def _spread(values: Iterable[float]) -> str:
    found = sorted(values)
    return f"{median(found):6.2f} ms [{found[0]:.2f} to {found[-1]:.2f}]"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench.launch", description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--launches", type=int, default=100, help="in one round")
    parser.add_argument(
        "--database",
        action="append",
        choices=["sqlite", "postgresql"],
        help="may be repeated; both, if not given",
    )
    return parser


if __name__ == "__main__":
    main()
