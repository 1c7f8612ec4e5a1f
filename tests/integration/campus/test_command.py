"""`python -m campus` as the demo starts it."""

import json
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import requests

ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.parametrize("shape", ["moodle", "canvas"])
def test_it_prints_its_address_and_serves_until_it_is_told_to_stop(
    tmp_path: Path, shape: str
) -> None:
    clock = tmp_path / "clock.json"
    arguments = ["--port", "0", "--shape", shape, "--client-id", "chosen"]
    arguments += ["--tool-url", "http://127.0.0.1:5999/", "--registration", "reg-1"]
    process = subprocess.Popen(  # noqa: S603 -- our own program
        [sys.executable, "-m", "campus", *arguments, "--clock-file", str(clock)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        [address] = re.findall(r"http://localhost:\d+", process.stdout.readline())
        html = requests.get(f"{address}/course/3", timeout=10).text
        requests.post(f"{address}/course/3/next-week", timeout=10).raise_for_status()
    finally:
        process.send_signal(signal.SIGTERM)
        rest, _ = process.communicate(timeout=10)

    assert 'action="http://127.0.0.1:5999/lti/login/reg-1"' in html
    assert 'value="chosen"' in html
    assert json.loads(clock.read_text()) == {"offset_seconds": 604800}
    assert (process.returncode, rest) == (0, "")


def test_it_wants_to_know_the_client_id() -> None:
    asked = subprocess.run(
        [sys.executable, "-m", "campus"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert asked.returncode == 2
    assert "--client-id" in asked.stderr
