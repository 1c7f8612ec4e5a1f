"""How many tests of each part ran; a full run in which a part is missing fails."""

from collections import Counter

import pytest

REQUIRED = (
    "conformance",
    "browser",
    "integration on sqlite",
    "integration on postgresql",
)
OTHERS = ("unit", "properties", "integration without a database")


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(Parts(config))


def part_of(item: pytest.Item) -> str:
    """Return the part a test counts for: its folder, and its database if it has one."""
    folder = item.path.relative_to(item.config.rootpath / "tests").parts[0]
    if folder != "integration":
        return folder
    if "database" not in getattr(item, "fixturenames", ()):
        return "integration without a database"
    on = "postgresql" if item.get_closest_marker("postgres") else "sqlite"
    return f"integration on {on}"


def is_full(config: pytest.Config) -> bool:
    """Return whether nothing was selected: no path, no word, no marker."""
    options = ("keyword", "markexpr", "lf", "deselect", "ignore")
    chosen = [config.getoption(name, None) for name in options]
    everything = config.args_source is pytest.Config.ArgsSource.TESTPATHS
    return everything and not any(chosen) and not config.option.collectonly


class Parts:
    """What ran in one run, by part."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.ran: Counter[str] = Counter()
        self.skipped: list[str] = []

    @property
    def faults(self) -> list[str]:
        """Say what a full run lacks; a selection, or one process of some, lacks nothing."""
        if not is_full(self.config) or hasattr(self.config, "workerinput"):
            return []
        missing = [f"nothing ran of: {part}" for part in REQUIRED if not self.ran[part]]
        return missing + [f"skipped: {test}" for test in self.skipped]

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        # A report takes it along from the process that ran the test.
        for item in items:
            item.user_properties.append(("part", part_of(item)))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.skipped and not hasattr(report, "wasxfail"):
            self.skipped.append(report.nodeid)
        elif report.when == "call":
            self.ran[str(dict(report.user_properties)["part"])] += 1

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if self.faults and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(
        self, terminalreporter: pytest.TerminalReporter
    ) -> None:
        terminalreporter.section("parts")
        counts = (f"{part}: {self.ran[part]}" for part in (*REQUIRED, *OTHERS))
        terminalreporter.line(", ".join(counts))
        for fault in self.faults:
            terminalreporter.line(f"FAILED, {fault}", red=True)
