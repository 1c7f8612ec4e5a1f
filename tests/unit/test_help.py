"""Commands say how they are called before anything is set up; only then do they ask."""

import os
import subprocess
import sys

import pytest

from config import ROOT


def flask(*words: str) -> subprocess.CompletedProcess[str]:
    """Run a command of a process whose settings do not allow a start."""
    return subprocess.run(  # noqa: S603 -- our own words
        [sys.executable, "-m", "flask", *words],
        cwd=ROOT,
        env={**os.environ, "PUBLIC_URL": "nowhere", "SECRET_KEY": "short"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("words", [[], ["--help"]], ids=["nothing", "help"])
def test_all_commands_are_listed_whatever_the_settings_are(words: list[str]) -> None:
    told = flask(*words)

    lines = [line.split() for line in (told.stdout + told.stderr).splitlines()]
    listed = {words[0] for words in lines if words}
    assert {"award", "course", "messages", "platform", "worker"} <= listed
    assert not listed & {"Error:", "Traceback"}


def test_a_command_says_how_it_is_called_whatever_the_settings_are() -> None:
    told = flask("award", "grant", "--help")

    assert (told.returncode, told.stderr) == (0, "")
    assert told.stdout.startswith("Usage: python -m flask award grant [OPTIONS]")


def test_what_does_more_than_help_says_what_to_set() -> None:
    told = flask("platform", "list")

    assert told.returncode == 1
    assert told.stderr.startswith("Error: Laurel cannot start:\n- ")
