"""A platform says that a course is a copy: it is proposed to its teacher, once."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from lti import history
from models import Context, CopyProposal, Notice, Registration
from tests.factories import a_badge, a_context, a_registration
from tests.support.arriving import LAUNCH, arrived
from tests.support.clock import NOW


@pytest.fixture
def platform(session: Session) -> Registration:
    return a_registration(session)


def earlier(session: Session, platform: Registration, lti_id: str) -> Context:
    """Build a course that had badges."""
    course = a_context(session, registration=platform, lti_id=lti_id)
    a_badge(session, of=course)
    return course


def noticed(
    session: Session,
    platform: Registration,
    origins: list[str],
    kind: str = "LtiContextCopyNotice",
    sent_at: datetime = NOW,
) -> Notice:
    notice = Notice(
        registration_id=platform.id,
        lti_id=f"notice-{sent_at}-{kind}",
        kind=kind,
        deployment_lti_id="1",
        context_lti_id=LAUNCH.context_id,
        origins=origins,
        sent_at=sent_at,
        received_at=sent_at,
    )
    session.add(notice)
    session.flush()
    return notice


def launched(session: Session, platform: Registration, *ids: str) -> Context:
    """Launch a course for the first time, with such a history."""
    arrival = arrived(session, platform, NOW, context_history=ids)
    launch = replace(LAUNCH, context_history=ids)
    history.propose_by_launch(session, arrival.context, launch, NOW)
    return arrival.context


def proposals(session: Session) -> list[tuple[int, int, str, str]]:
    rows = sa.select(
        CopyProposal.context_id,
        CopyProposal.source_id,
        CopyProposal.found_by,
        CopyProposal.state,
    )
    return [(new, old, by, state) for new, old, by, state in session.execute(rows)]


def test_the_nearest_course_that_we_know_is_proposed(
    session: Session, platform: Registration
) -> None:
    earlier(session, platform, "oldest")
    near = earlier(session, platform, "near")

    new = launched(session, platform, "unknown", "near", "oldest", "truncated")

    assert proposals(session) == [(new.id, near.id, "history", "proposed")]


def test_a_course_of_another_platform_is_never_proposed(
    session: Session, platform: Registration
) -> None:
    earlier(session, a_registration(session, tenant=platform.tenant), "near")

    launched(session, platform, "near")

    assert proposals(session) == []


def test_where_there_is_nothing_to_take_nothing_is_proposed(
    session: Session, platform: Registration
) -> None:
    a_context(session, registration=platform, lti_id="near")

    launched(session, platform, "near", LAUNCH.context_id)

    assert proposals(session) == []


def test_a_notice_that_came_before_is_remembered_and_is_nearer(
    session: Session, platform: Registration
) -> None:
    earlier(session, platform, "by-history")
    first = earlier(session, platform, "by-notice")
    noticed(session, platform, ["elsewhere"], sent_at=NOW - timedelta(hours=2))
    noticed(session, platform, ["by-notice"], sent_at=NOW - timedelta(hours=1))
    noticed(session, platform, [], kind="LtiHelloWorldNotice")

    new = launched(session, platform, "by-history")

    assert proposals(session) == [(new.id, first.id, "notice", "proposed")]


def test_a_notice_of_courses_we_do_not_know_leaves_the_history_its_say(
    session: Session, platform: Registration
) -> None:
    known = earlier(session, platform, "by-history")
    noticed(session, platform, ["unknown"])

    new = launched(session, platform, "by-history")

    assert proposals(session) == [(new.id, known.id, "history", "proposed")]


def test_a_notice_after_the_first_launch_proposes_it_then_and_once(
    session: Session, platform: Registration
) -> None:
    old = earlier(session, platform, "old")
    other = earlier(session, platform, "other")
    new = launched(session, platform)
    notice = noticed(session, platform, ["old"])
    hello = noticed(session, platform, [], kind="LtiHelloWorldNotice")

    history.propose_by_notices(session, [hello, notice], NOW)
    session.execute(sa.update(CopyProposal).values(state="dismissed"))
    again = noticed(session, platform, [other.lti_id], sent_at=NOW + timedelta(1))
    history.propose_by_notices(session, [again], NOW)

    assert proposals(session) == [(new.id, old.id, "notice", "dismissed")]


def test_a_notice_of_a_course_nobody_opened_waits(
    session: Session, platform: Registration
) -> None:
    earlier(session, platform, "old")

    history.propose_by_notices(session, [noticed(session, platform, ["old"])], NOW)

    assert proposals(session) == []
