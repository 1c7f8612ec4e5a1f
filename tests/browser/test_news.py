"""What is being fetched appears by itself, and takes nobody's place away."""

import pytest
import sqlalchemy as sa
from playwright.sync_api import expect

from models import Outbox, SyncState
from tests.browser.classroom import a_class
from tests.browser.stage import CoursePage, Stage
from tests.support.clock import NOW

WAITING = "News is being fetched"
A_WHILE = 10_000


@pytest.fixture
def course(stage: Stage) -> CoursePage:
    """Open the course as Iris; her launch asks for news, and no worker runs."""
    stage.browser.clock.install()
    a_class(stage.session, stage.registered, board_enabled=True)
    course = stage.open(stage.registered.cast.iris)
    course.shows("Badges in this course")
    expect(course.panel.get_by_text(WAITING)).to_be_visible()
    return course


def bring_news(stage: Stage) -> None:
    """Do what the worker does once it has read the course's roster."""
    session = stage.session
    row = session.scalars(sa.select(Outbox)).one()
    session.add(
        SyncState(
            context_id=row.subject_id,
            source="roster",
            attempted_at=NOW,
            succeeded_at=NOW,
            counts={"people": 31},
        )
    )
    session.delete(row)
    session.commit()


def test_news_appears_by_itself(stage: Stage, course: CoursePage) -> None:
    """The teacher who turned badges on need not ask whether anything came."""
    bring_news(stage)

    stage.browser.clock.fast_forward(A_WHILE)

    expect(course.panel.get_by_text("Read 31 people.")).to_be_visible()
    expect(course.panel.get_by_text(WAITING)).to_have_count(0)
    said = course.panel.locator("#announcer")
    expect(said).to_have_text("The news has arrived.")


def test_news_takes_away_no_choice_that_was_not_saved(
    stage: Stage, course: CoursePage
) -> None:
    """Whoever fills a form in reads the news once they are done."""
    choice = course.panel.get_by_label("Their name")
    choice.check()
    bring_news(stage)
    stage.browser.clock.fast_forward(A_WHILE)
    assert stage.wire.to("/panel/manage") == []

    course.panel.get_by_role("button", name="Save").click()

    expect(course.panel.get_by_text("Read 31 people.")).to_be_visible()
    expect(choice).to_be_checked()
