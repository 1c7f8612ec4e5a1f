"""What the second seed asks for, line by line: each has a test that says so.

A test says so by `@pytest.mark.demand("A12")`.
"""

import ast
from collections import Counter
from collections.abc import Iterator

from config import ROOT

DEMANDS = {
    "A1": "badges reward contributions, not clicks",
    "A2": "points are capped, boards are off, names are nobody's to read",
    "A3": "a layer that is off by default and leaves no trace",
    "A4": "badges are thresholds over metrics of one log",
    "A5": "`score` adds up what contributions are worth",
    "A6": "`events` counts contributions",
    "A7": "`authored` counts different pieces of work",
    "A8": "`active_days` counts days, in the course's zone",
    "A9": "earned is an award or a rule that is met now",
    "A10": "an award comes once, which the database keeps",
    "A11": "off: nothing is awarded and the roster is empty",
    "A12": "on and off are both tested",
    "A13": "the five badges that are shipped",
    "A14": "all of them can be changed or taken out",
    "A15": "the operator's switch is a setting, and off",
    "A16": "the catalog is a file of the operator's",
    "A17": "a recompute of one tenant or of all",
    "A18": "a recompute that does nothing while it is off",
    "A19": "every night at 05:20, or when the operator says",
    "A20": "the caller's badges, with progress",
    "A21": "anybody's badges for an assistant of that tenant",
    "A22": "the same from page, API and assistant",
    "A23": "the switch can be flipped without a surprise",
    "A24": "one set of metrics for badges, digests and panels",
    "A25": "labels, icons, metrics and thresholds are the file's",
    "A26": "a tenant's own say in the catalog",
    "A27": "malformed entries are dropped and never a crash",
    "A28": "the nightly look and the live read agree",
    "A29": "`[acme] contributors=18 badges_awarded=23`",
    "A30": "the worked example of the API, progress capped",
    "A31": "a stricter rule, and who already has the badge",
    "A32": "`validate` names what is dropped, and typing errors",
    "A33": "off: no section, not an empty box",
    "A34": "a recompute in a memory that does not grow",
    "A35": "badges for learners, for staff and in the digest",
    "A36": "nothing crosses from tenant to tenant",
    "A37": "no token, no answer",
}


def test_every_demand_has_a_test() -> None:
    found = Counter(
        demand
        for path in sorted((ROOT / "tests").rglob("test_*.py"))
        for demand in demands_in(path.read_text())
    )

    assert sorted(found, key=_number) == list(DEMANDS)


def test_a_mark_counts_on_a_test_alone() -> None:
    text = """
@pytest.mark.demand("A1", "A2")
@pytest.mark.parametrize("off", ["A7"])
def test_it(): ...

@pytest.mark.demand("A3")
def helper(): ...

def test_other(): "A4"
"""

    assert list(demands_in(text)) == ["A1", "A2"]


def demands_in(source: str) -> Iterator[str]:
    """Yield the demands that the tests of a module are marked with."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            for mark in node.decorator_list:
                if isinstance(mark, ast.Call) and _is_demand(mark.func):
                    yield from (ast.literal_eval(name) for name in mark.args)


def _is_demand(function: ast.expr) -> bool:
    return ast.unparse(function) == "pytest.mark.demand"


def _number(demand: str) -> int:
    return int(demand.removeprefix("A"))
