"""How many tests of each part ran; a full run in which a part is missing fails."""

from collections import Counter
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parent.parent
REQUIRED = (
    "conformance",
    "browser",
    "integration on sqlite",
    "integration on postgresql",
)
OTHERS = ("unit", "properties", "integration without a database")
MISSING = pytest.StashKey[list[str]]()
PARTS = pytest.StashKey[dict[str, str]]()
RAN = pytest.StashKey[Counter[str]]()


def part_of(item: pytest.Item) -> str:
    """Return the part a test counts for: its folder, and its database if it has one."""
    folder = item.path.relative_to(TESTS).parts[0]
    if folder != "integration":
        return folder
    if "database" not in getattr(item, "fixturenames", ()):
        return "integration without a database"
    on = "postgresql" if item.get_closest_marker("postgres") else "sqlite"
    return f"integration on {on}"


def sentence(ran: Counter[str]) -> str:
    """Return the line that ends a run."""
    return ", ".join(f"{part}: {ran[part]}" for part in (*REQUIRED, *OTHERS))


def is_full(config: pytest.Config) -> bool:
    """Return whether nothing was selected: no path, no word, no marker."""
    chosen = (config.option.keyword, config.option.markexpr, config.option.lf)
    everything = config.args_source is pytest.Config.ArgsSource.TESTPATHS
    return everything and not any(chosen) and not config.option.collectonly


def pytest_configure(config: pytest.Config) -> None:
    config.stash[PARTS] = {}
    config.stash[RAN] = Counter()
    config.stash[MISSING] = []


def pytest_collection_modifyitems(
    config: pytest.Config, items: list[pytest.Item]
) -> None:
    config.stash[PARTS].update({item.nodeid: part_of(item) for item in items})


class Counting:
    """Counts the tests that really ran: reports carry no configuration."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "call" and report.outcome in {"passed", "failed"}:
            part = self.config.stash[PARTS][report.nodeid]
            self.config.stash[RAN][part] += 1


def pytest_sessionstart(session: pytest.Session) -> None:
    session.config.pluginmanager.register(Counting(session.config))


def pytest_sessionfinish(session: pytest.Session) -> None:
    if not is_full(session.config):
        return
    ran = session.config.stash[RAN]
    missing = [part for part in REQUIRED if ran[part] == 0]
    session.config.stash[MISSING] = missing
    if missing and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    terminalreporter.section("parts")
    terminalreporter.line(sentence(config.stash[RAN]))
    if missing := config.stash[MISSING]:
        terminalreporter.line(f"FAILED: nothing ran of: {', '.join(missing)}", red=True)
