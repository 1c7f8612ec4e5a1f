"""`make demo`, as a newcomer meets it; its parts are tested elsewhere."""

import socket
import subprocess
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.support.running_demo import running_demo
from tests.support.visitor import Visitor, ask, open_panel


def test_a_learner_finds_badges_in_the_course_and_nothing_stays_behind(
    tmp_path: Path,
) -> None:
    home = tmp_path / "demo"
    with running_demo(home) as demo:
        tool = tool_in(demo.address)
        bearer = open_panel(demo.address, tool)
        mine = ask("GET", f"{tool}/api/me/badges", bearer)
        with (
            pytest.raises(RuntimeError, match="A demo runs already"),
            running_demo(home),
        ):
            pass
        listening = [is_listening(tool), is_listening(demo.address)]
        platforms, looked_at, chain = (
            flask(home, words)
            for words in ("platform list", "audit check", "audit verify")
        )

    assert mine["enabled"] is True
    assert " demo active laurel-demo " in platforms
    assert looked_at == "Nothing to look at.\n"
    assert chain.startswith("sealed=")
    assert [badge for badge in mine["badges"] if badge["earned"]] != []
    assert urlsplit(demo.address).hostname != urlsplit(tool).hostname
    assert listening == [True, True]
    assert [is_listening(tool), is_listening(demo.address)] == [False, False]
    assert demo.program.returncode == 0


def flask(home: Path, words: str) -> str:
    """Return what a command says of the demo's data; it has to succeed."""
    done = subprocess.run(  # noqa: S603 -- our own command
        ["/bin/sh", "-c", f". {home}/environment.sh; flask {words}"],
        cwd=home.parent,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def tool_in(course_page: str) -> str:
    """Return the origin of the tool that a course page launches."""
    actions = [form.action for form in Visitor().get(course_page).forms]
    login = next(action for action in actions if "/lti/login" in action)
    return login.partition("/lti/login")[0]


def is_listening(url: str) -> bool:
    parts = urlsplit(url)
    with socket.socket() as caller:
        return caller.connect_ex((parts.hostname, parts.port)) == 0
