import pytest

PARTS = ("conformance", "browser", "integration", "unit", "properties")
CONFTEST = """
import pytest

@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database(request):
    return request.param
"""


@pytest.fixture
def suite(pytester: pytest.Pytester) -> pytest.Pytester:
    """Make a project with one test in each part."""
    pytester.makeini("[pytest]\ntestpaths = tests\nmarkers = postgres: on PostgreSQL\n")
    for part in PARTS:
        folder = pytester.path / "tests" / part
        folder.mkdir(parents=True)
        argument = "database" if part == "integration" else ""
        (folder / f"test_{part}.py").write_text(f"def test_it({argument}): pass\n")
    (pytester.path / "tests" / "conftest.py").write_text(CONFTEST)
    return pytester


def run(suite: pytest.Pytester, *arguments: str) -> pytest.RunResult:
    return suite.runpytest_inprocess("-p", "tests.support.summary", *arguments)


def test_a_full_run_says_how_many_of_each_part_ran(suite: pytest.Pytester) -> None:
    result = run(suite)

    result.stdout.fnmatch_lines(
        ["conformance: 1, browser: 1, *sqlite: 1, *postgresql: 1, unit: 1, prop*: 1, *"]
    )
    assert result.ret == pytest.ExitCode.OK


def test_two_processes_count_as_one(suite: pytest.Pytester) -> None:
    result = run(suite, "--numprocesses=2")

    result.stdout.fnmatch_lines(
        ["conformance: 1, browser: 1, *sqlite: 1, *postgresql: 1, unit: 1, prop*: 1, *"]
    )
    assert result.ret == pytest.ExitCode.OK


@pytest.mark.parametrize("part", ["conformance", "browser"])
def test_a_full_run_fails_where_a_part_is_missing(
    suite: pytest.Pytester, part: str
) -> None:
    (suite.path / "tests" / part / f"test_{part}.py").unlink()

    result = run(suite)

    result.stdout.fnmatch_lines([f"FAILED, nothing ran of: {part}"])
    assert result.ret == pytest.ExitCode.TESTS_FAILED


def test_a_full_run_fails_where_a_database_is_missing(suite: pytest.Pytester) -> None:
    (suite.path / "tests" / "conftest.py").write_text(
        CONFTEST.replace(', pytest.param("postgresql", marks=pytest.mark.postgres)', "")
    )

    result = run(suite)

    result.stdout.fnmatch_lines(["FAILED, nothing ran of: integration on postgresql"])
    assert result.ret == pytest.ExitCode.TESTS_FAILED


def test_a_full_run_fails_where_a_test_is_skipped(suite: pytest.Pytester) -> None:
    (suite.path / "tests" / "unit" / "test_more.py").write_text(
        "import pytest\n\n@pytest.mark.skip\ndef test_more(): pass\n"
    )

    result = run(suite)

    result.stdout.fnmatch_lines(["FAILED, skipped: *test_more"])
    assert result.ret == pytest.ExitCode.TESTS_FAILED


@pytest.mark.parametrize(
    "selection",
    [
        ("tests/unit",),
        ("-k", "test_it"),
        ("-m", "postgres"),
        ("-p", "no:cacheprovider", "--ignore", "tests/browser"),
    ],
)
def test_a_selection_may_lack_a_part(
    suite: pytest.Pytester, selection: tuple[str, ...]
) -> None:
    (suite.path / "tests" / "browser" / "test_browser.py").unlink()

    result = run(suite, *selection)

    result.stdout.no_fnmatch_line("FAILED*")
    assert result.ret == pytest.ExitCode.OK
