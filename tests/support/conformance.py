"""`make conformance`: run every numbered case, and write docs/conformance.md.

A case is a test of tests/conformance: its number is in its name, the section of the
specification in its docstring. With files of that folder as arguments only their cases
are run, and the other rows stay as they are.
"""

import ast
import re
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.house import ROOT

DOCUMENT = ROOT / "docs" / "conformance.md"
FOLDER = ROOT / "tests" / "conformance"
NUMBER = re.compile(r"(?:([a-g])0?(\d+)|(\d(?:_\d)+)(?:_and_(\d(?:_\d)+))?|(pns))_(.*)")
HEAD = """\
# Conformance

What Laurel was tried against: the launches of the LTI Advantage Conformance Certification Guide, the numbered cases of
our security table, and the oddities of real platforms. `make conformance` runs all of them and writes this page; a
test keeps its rows in step with the tests they stand for.

A case may be tried in several ways (claims, platforms, databases); all of them have to pass.
"""
COLUMNS = (
    "| case | what is tried | what is asked, and where | result |\n|---|---|---|---|"
)


@dataclass(frozen=True)
class Case:
    """One test, whatever it is parametrised with."""

    test: str
    number: str
    what: str
    asked: str

    @property
    def cells(self) -> str:
        """The row, without its result."""
        cells = (self.number, self.what, self.asked)
        return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


@dataclass(frozen=True)
class Chapter:
    """One module of cases, under its own first line."""

    title: str
    cases: tuple[Case, ...]


class Recorder:
    """A pytest plugin that counts the ways of each case, and those that passed."""

    def __init__(self) -> None:
        self.tried: Counter[str] = Counter()
        self.passed: Counter[str] = Counter()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        test = report.nodeid.partition("[")[0]
        if report.when == "call" or report.failed:
            self.tried[test] += 1
            self.passed[test] += report.passed

    @property
    def results(self) -> dict[str, str]:
        return {
            test: f"{self.passed[test]} of {tried} passed"
            for test, tried in self.tried.items()
        }


def chapters() -> Iterator[Chapter]:
    """Yield the cases there are, by module, as they are written."""
    for path in sorted(FOLDER.glob("test_*.py")):
        module = ast.parse(path.read_text())
        title = (ast.get_docstring(module) or path.stem).split("\n\n")[0]
        cases = tuple(
            _case(path, node)
            for node in module.body
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
        )
        yield Chapter(_line(title).rstrip("."), cases)


def document(results: Mapping[str, str]) -> str:
    """Return the page; a case without a result was not run."""
    parts = [HEAD]
    for chapter in chapters():
        rows = [
            f"{case.cells} {results.get(case.test, 'not run')} |"
            for case in chapter.cases
        ]
        parts.append("\n".join([f"## {chapter.title}\n", COLUMNS, *rows]) + "\n")
    return "\n".join(parts)


def standing() -> dict[str, str]:
    """Return the results on the page, of cases that are still as it says."""
    lines = DOCUMENT.read_text().splitlines() if DOCUMENT.exists() else []
    said = {}
    for line in lines:
        cells, _, result = line.removesuffix(" |").rpartition(" | ")
        said[f"{cells} |"] = result
    known = [case for chapter in chapters() for case in chapter.cases]
    return {case.test: said[case.cells] for case in known if case.cells in said}


def _case(path: Path, node: ast.FunctionDef) -> Case:
    name = node.name.removeprefix("test_")
    asked = (ast.get_docstring(node) or "").split("\n\n")[0]
    number, what = _numbered(name)
    test = f"{path.relative_to(ROOT).as_posix()}::{node.name}"
    return Case(test, number, what.replace("_", " "), _line(asked))


def _numbered(name: str) -> tuple[str, str]:
    """Return `B3` of `b03_a_key`, `6.1.1` of `6_1_1_bad`; the rest is what is tried."""
    found = NUMBER.fullmatch(name)
    if found is None:
        return "", name
    letter, number, section, second, word, what = found.groups()
    if letter:
        return f"{letter.upper()}{number}", what
    if section:
        return ", ".join(s.replace("_", ".") for s in (section, second) if s), what
    return word.upper(), what


def _line(text: str) -> str:
    return " ".join(text.split())


def main() -> int:
    """Run the cases, write the page, and return pytest's exit code."""
    recorder, files = Recorder(), sys.argv[1:]
    kept = standing() if files else {}
    code = pytest.main(["-q", *(files or [str(FOLDER)])], plugins=[recorder])
    DOCUMENT.write_text(document(kept | recorder.results))
    print(f"wrote {DOCUMENT.relative_to(ROOT)}")
    return int(code)


if __name__ == "__main__":
    sys.exit(main())
