"""docs/conformance.md tells of every case there is, and of no other."""

import re

import pytest

from tests.support import conformance

ALL_PASSED = re.compile(r"(\d+) of \1 passed")


def rows(text: str) -> list[str]:
    """Return the rows of a page without their results."""
    return [
        line.rstrip("| ").rpartition(" | ")[0]
        for line in text.splitlines()
        if line.startswith("| ")
    ]


def test_the_page_holds_the_cases_there_are() -> None:
    """After a change to them: `make conformance`."""
    page = conformance.DOCUMENT.read_text()

    assert rows(page) == rows(conformance.document({}))


def test_every_case_says_what_is_asked() -> None:
    cases = [case for chapter in conformance.chapters() for case in chapter.cases]

    assert [case.test for case in cases if not case.asked] == []


def test_every_case_on_the_page_passed() -> None:
    lines = conformance.DOCUMENT.read_text().splitlines()
    results = [
        line.rstrip("| ").rpartition(" | ")[2]
        for line in lines
        if line.startswith("| ") and not line.startswith("| case ")
    ]

    assert [result for result in results if not ALL_PASSED.fullmatch(result)] == []
    assert results != []


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("b03_a_key", ("B3", "a_key")),
        ("e10_a_name", ("E10", "a_name")),
        ("6_1_1_known", ("6.1.1", "known")),
        ("6_1_2_and_6_1_3_roles", ("6.1.2, 6.1.3", "roles")),
        ("6_4_scores", ("6.4", "scores")),
        ("pns_hello", ("PNS", "hello")),
        ("a_launch", ("", "a_launch")),
    ],
)
def test_a_name_tells_the_number_of_its_case(
    name: str, number: tuple[str, str]
) -> None:
    assert conformance._numbered(name) == number


def test_what_is_not_run_again_keeps_its_result() -> None:
    kept = conformance.standing()

    assert conformance.document(kept) == conformance.DOCUMENT.read_text()


def test_a_way_that_failed_is_counted() -> None:
    recorder = conformance.Recorder()
    for way, outcome in (("[a]", "passed"), ("[b]", "failed")):
        recorder.pytest_runtest_logreport(
            pytest.TestReport(
                nodeid=f"t.py::test_x{way}",
                location=("t.py", 1, "test_x"),
                keywords={},
                outcome="passed" if outcome == "passed" else "failed",
                longrepr=None,
                when="call",
            )
        )

    assert recorder.results == {"t.py::test_x": "1 of 2 passed"}
