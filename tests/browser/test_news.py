"""What is being fetched appears by itself, and takes nobody's place away."""

from datetime import timedelta

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


def fail(stage: Stage) -> None:
    """Do what the worker does once the course site has not answered it."""
    session = stage.session
    session.execute(sa.update(SyncState).values(attempted_at=NOW, error="It is down."))
    session.execute(sa.delete(Outbox))
    session.commit()


def test_news_that_did_not_come_is_not_said_to_have_come(stage: Stage) -> None:
    """A learner who looks after a quiet week hears what the page says then."""
    stage.browser.clock.install()
    context = a_class(stage.session, stage.registered)
    long_ago = NOW - timedelta(days=7)
    stage.session.add_all(
        SyncState(
            context_id=context.id, source=source, succeeded_at=long_ago, counts={}
        )
        for source in ("roster", "results")
    )
    stage.session.commit()
    course = stage.open(stage.registered.cast.ada)
    waiting = course.panel.get_by_text("What came since is being fetched")
    expect(waiting).to_be_visible()
    fail(stage)

    stage.browser.clock.fast_forward(A_WHILE)

    expect(course.panel.locator("#announcer")).to_have_text(
        "The course site has not answered lately. What you see is from 7 days ago; "
        "nothing is lost, it catches up by itself."
    )
    expect(waiting).to_have_count(0)


def test_a_teacher_hears_what_needs_a_look(stage: Stage, course: CoursePage) -> None:
    row = stage.session.scalars(sa.select(Outbox)).one()
    stage.session.add(
        SyncState(context_id=row.subject_id, source="roster", attempted_at=NOW)
    )
    fail(stage)

    stage.browser.clock.fast_forward(A_WHILE)

    expect(course.panel.locator("#announcer")).to_have_text("It is down.")
