"""Every measurement runs and keeps its gates, on a course of a few; figures need more."""

import re
import subprocess
import sys

import pytest

from config import ROOT

SMALL = {
    "recompute": ["--learners", "20", "40", "--rounds", "1"],
    "batch": ["--learners", "300", "400", "--rounds", "1"],
    "board": ["--learners", "60"],
    "leagues": ["--learners", "60", "90", "--rounds", "1"],
    "facts": ["--learners", "100", "--batches", "1", "--writers", "1"],
}


@pytest.mark.parametrize("name", SMALL)
def test_a_measurement_runs_and_keeps_its_gates(name: str) -> None:
    command = [sys.executable, "-m", f"bench.{name}", *SMALL[name], "--only", "sqlite"]

    done = subprocess.run(  # noqa: S603 -- our own program
        command, cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert "sqlite" in done.stdout


def test_every_measurement_is_made_by_make_and_told_of_in_the_manual() -> None:
    ours = [
        path.stem
        for path in (ROOT / "bench").glob("*.py")
        if 'if __name__ == "__main__"' in path.read_text()
    ]
    makefile = (ROOT / "Makefile").read_text()
    manual = (ROOT / "docs" / "benchmarks.md").read_text()

    made = set(re.findall(r"-m bench\.(\w+)", makefile))
    told = set(re.findall(r"-m bench\.(\w+)", manual))
    assert set(ours) == made == told
