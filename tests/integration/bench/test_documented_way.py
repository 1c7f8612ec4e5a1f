"""The bench compares like with like: the same page, by two ways of proving a launch."""

import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from flask_openapi3.openapi import OpenAPI
from sqlalchemy.orm import Session

from bench import documented_way
from bench.browser import Browser, Fetch, Recording
from bench.site import DIRECT, DOCUMENTED, LAUREL, Subject
from campus.records import Launch
from models import Context, LaunchSession
from tests.support.clock import Clock
from tests.support.platform import Registered

# What is another one at every launch.
ONCE = re.compile(r'nonce="[^"]*"|"token": ?"[^"]*"')


class Stage:
    """A tool with both doors, and Ada, who goes through either."""

    def __init__(self, registered: Registered, tool: str) -> None:
        self.registered = registered
        self.tool = tool

    def page(self, subject: Subject) -> str:
        """Launch by a door in a new browser; return the page, without what is random."""
        address, campus = f"{self.tool}{subject.path}", self.registered.campus
        tool = replace(
            self.registered.cast.tool,
            login_url=f"{address}/login",
            redirect_uris=(f"{address}/launch",),
            target_link_uri=f"{address}/launch",
        )
        campus.change_tool(tool)
        cast = self.registered.cast
        click = Launch(tool=tool, course=cast.course, person=cast.ada, link=cast.link)
        login, launch = (Fetch(f"{subject.path}/{x}", {}) for x in ("login", "launch"))
        browser = Browser(self.tool)
        content = [Fetch("/documented/content", {})] if subject is DOCUMENTED else []
        recording = Recording(login, [], launch, [], redirects=content)
        page = browser.launch(campus, click, recording)
        browser.close()
        return ONCE.sub("", page)

    def keys_fetched(self, subject: Subject) -> int:
        before = self.registered.campus.traffic.count("jwks")
        self.page(subject)
        return self.registered.campus.traffic.count("jwks") - before


@pytest.fixture
def stage(
    app: OpenAPI, clock: Clock, registered: Registered, served: str, session: Session
) -> Stage:
    # The library asks the machine's clock.
    clock.moment = datetime.now(UTC)
    lti_ids = list(registered.cast.tool.deployment_ids)
    documented_way.add_to(app, registered.registration, lti_ids)
    session.rollback()
    return Stage(registered, served)


def test_all_ways_answer_the_same_page(stage: Stage, session: Session) -> None:
    stage.page(LAUREL)
    session.execute(sa.update(Context).values(enabled=True))
    session.commit()
    stage.page(LAUREL)

    ours = stage.page(LAUREL)

    assert "badge-grid" in ours
    assert [stage.page(subject) for subject in (DOCUMENTED, DIRECT)] == [ours, ours]


def test_all_ways_open_a_session(stage: Stage, session: Session) -> None:
    for subject in (LAUREL, DOCUMENTED, DIRECT):
        stage.page(subject)

    assert session.scalar(sa.select(sa.func.count(LaunchSession.id))) == 3


def test_only_the_documented_way_fetches_the_platforms_keys_for_every_launch(
    stage: Stage,
) -> None:
    stage.page(LAUREL)

    assert stage.keys_fetched(LAUREL) == 0
    assert stage.keys_fetched(DOCUMENTED) == 1
