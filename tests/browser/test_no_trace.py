"""F10: after a day's use no secret lies where somebody else may read it."""

import logging
import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests
import sqlalchemy as sa

from models import Login
from tests.browser.scenes import a_full_course, as_ada, as_iris, turned_to
from tests.browser.stage import Stage, Watch
from tests.browser.wire import Bend, without_partitioned

BEARER = "JSON.parse(document.getElementById('laurel-session').textContent).token"
STORED = "JSON.stringify({ ...localStorage, ...sessionStorage })"


class Use:
    """A learner and a teacher in their panels, and every secret of theirs."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.addresses: list[str] = []
        stage.browser.on("request", lambda request: self.addresses.append(request.url))
        a_full_course(stage)
        ada, iris = as_ada(stage), as_iris(stage)
        turned_to(ada, "leaderboard", "Leaderboard")
        turned_to(ada, "badges/author", "Author")
        turned_to(iris, "class", "Class")
        turned_to(iris, "manage", "Badges in this course")
        iris.panel.get_by_role("switch", name="Badges in this course").click()
        iris.shows("Recognise the work your learners do")
        self.pages = [ada, iris]
        self.bearers: list[str] = [page.frame.evaluate(BEARER) for page in self.pages]

    @property
    def secrets(self) -> list[str]:
        """Return bearer tokens, states, nonces, and how every JWT begins."""
        self.stage.session.rollback()
        logins = self.stage.session.execute(sa.select(Login.state, Login.nonce)).all()
        return [*self.bearers, *(secret for row in logins for secret in row), "eyJ"]

    @property
    def own_addresses(self) -> list[str]:
        """Return every address of ours that was asked for or is shown."""
        shown = [page.frame.url for page in self.pages]
        return [u for u in self.addresses + shown if u.startswith(self.stage.tool)]

    @property
    def referrers(self) -> list[str]:
        """Return what pages said, to us and to the campus, of where they came from."""
        asked = self.stage.wire.asked
        served = self.stage.registered.campus.traffic.requests()
        ours = [one.headers.get("Referer", "") for one in asked]
        return ours + [one.headers.get("referer", "") for one in served]

    @property
    def stored(self) -> str:
        """Return what our origin has stored, seen from a page of its own."""
        page = self.stage.browser.new_page()
        page.goto(f"{self.stage.tool}/health/live")
        stored: str = page.evaluate(STORED)
        return stored

    @property
    def database(self) -> bytes:
        """Return the database's files, with what is not written back yet."""
        path = Path(self.stage.session.get_bind().engine.url.database or "")
        return b"".join(file.read_bytes() for file in path.parent.glob(f"{path.name}*"))


@pytest.mark.parametrize(
    "bends", [[], [without_partitioned]], ids=["cookie", "platform storage"]
)
def test_no_secret_lies_about(
    canvas_stage: Stage,
    bends: list[Bend],
    watch: Watch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Neither logs, console, addresses, Referer nor storage hold one, by any proof."""
    caplog.set_level(logging.DEBUG)
    canvas_stage.wire.bends += bends
    use = Use(canvas_stage)
    places = {
        "log": caplog.text,
        "console": "\n".join(watch.lines),
        "address": "\n".join(use.own_addresses),
        "referrer": "\n".join(use.referrers),
        "storage": use.stored,
    }

    found = {
        place: [secret for secret in use.secrets if secret in text]
        for place, text in places.items()
    }

    assert found == {place: [] for place in places}
    assert len(set(use.secrets)) == 7
    assert "POST /lti/launch" in places["log"]
    assert {urlsplit(address).query for address in use.own_addresses} == {""}
    assert canvas_stage.browser.cookies() == []


def test_no_secret_that_opens_anything_is_in_the_database(stage: Stage) -> None:
    """Bearer tokens are there as hashes alone, and our private keys encrypted."""
    use = Use(stage)
    keys = requests.get(f"{stage.tool}/lti/jwks.json", timeout=5).json()["keys"]

    content = use.database

    assert keys[0]["kid"].encode() in content
    secrets = [*use.bearers, "PRIVATE KEY"]
    assert [secret for secret in secrets if secret.encode() in content] == []
    # What is encrypted may hold three letters by chance, and not twice with a dot.
    assert re.findall(rb"eyJ[\w-]+\.eyJ", content) == []
