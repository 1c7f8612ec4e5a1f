"""What a course's staff sees: switches, freshness, and what can be earned."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from flask_openapi3.openapi import OpenAPI
from sqlalchemy.orm import Session

from models import Context, Outbox, SyncState
from tests.factories import a_context, a_member
from tests.support.clock import NOW
from tests.support.launches import Caller, a_caller, a_live_course, hand_in
from tests.support.markup import text_of

URLS: dict[str, Any] = {
    "memberships_url": "https://lms.example/members",
    "lineitems_url": "https://lms.example/items",
}


def managed(session: Session, client: FlaskClient, of: Context) -> Caller:
    return a_caller(session, client, of=of, role="instructor")


def test_a_course_that_is_off_invites_with_one_switch(
    client: FlaskClient, session: Session
) -> None:
    teacher = managed(session, client, a_context(session, enabled=False, **URLS))

    answer = teacher.get("/panel/manage")
    page = text_of(answer.text)

    assert "Recognise the work your learners do" in page
    assert "Turn on badges in this course" in page
    assert "Your organisation Turned on by the administrators" in page
    assert "First contribution" in page
    assert "Synchronise now" not in page
    assert answer.text.count('role="switch"') == 1
    assert [
        label for label in ("Leaderboard", "Badges") if f">{label}</a>" in answer.text
    ] == []


def test_the_page_says_which_switch_is_off(
    app: OpenAPI, client: FlaskClient, session: Session
) -> None:
    course = a_live_course(session)
    teacher = managed(session, client, course)
    settings = app.extensions["laurel"]

    def page(*, environment: bool, tenant: bool) -> str:
        app.extensions["laurel"] = replace(settings, gamification_enabled=environment)
        course.tenant.enabled = tenant
        session.commit()
        return text_of(teacher.get("/panel/manage").text)

    without_tenant = page(environment=True, tenant=False)
    assert "Badges wait for your organisation" in without_tenant
    assert "administrators of your organisation turn this on" in without_tenant
    assert "Turned on by the operator of this server." in without_tenant
    without_server = page(environment=False, tenant=True)
    assert "Badges wait for this server" in without_server
    assert "The operator of this server turns it on" in without_server
    assert "Badges are on." in page(environment=True, tenant=True)


@pytest.mark.demand("A35")
def test_the_page_tells_the_running_week_and_names_nobody(
    client: FlaskClient, session: Session
) -> None:
    course = a_live_course(session)
    teacher = managed(session, client, course)
    before = text_of(teacher.get("/panel/manage").text)
    hand_in(session, a_member(session, of=course, name="Ada Ahorn"), times=3)
    session.commit()

    page = text_of(teacher.get("/panel/manage").text)

    assert "This week Nothing has come in since Monday." in before
    assert (
        "This week 1 learner at work: 3 contributions, 6 points. "
        "1 learner with a new badge. First contribution 1 time"
    ) in page
    assert "Ahorn" not in page
    course.enabled = False
    session.commit()
    assert "This week" not in teacher.get("/panel/manage").text


def test_an_assistant_looks_and_does_not_decide(
    client: FlaskClient, session: Session
) -> None:
    course = a_live_course(session, board_enabled=True, **URLS)
    assistant = a_caller(session, client, of=course, role="assistant")

    page = assistant.get("/panel/manage").text

    assert "Badges are on." in page
    assert "<form" not in page


def test_the_page_says_who_sees_whom(client: FlaskClient, session: Session) -> None:
    course = a_live_course(session)
    teacher = managed(session, client, course)

    alone = text_of(teacher.get("/panel/manage").text)
    course.board_enabled = True
    session.commit()
    together = text_of(teacher.get("/panel/manage").text)

    assert "nobody sees another's unless you turn on the leaderboard" in alone
    assert "unless you turn on" not in together
    assert "of the others what the leaderboard shows" in together


def test_the_leaderboards_settings_are_as_they_were_chosen(
    client: FlaskClient, session: Session
) -> None:
    course = a_live_course(
        session,
        board_enabled=True,
        board_identity="name",
        board_participation="opt_out",
        board_rank="hidden",
        board_top=7,
        board_neighbours=0,
    )

    page = " ".join(managed(session, client, course).get("/panel/manage").text.split())

    for name, value in {
        "board.identity": "name",
        "board.participation": "opt_out",
        "board.rank": "hidden",
    }.items():
        assert f'name="{name}" value="{value}" checked' in page
    assert page.count(" checked") == 3
    assert 'name="board.span.top" type="number" min="0" max="50" value="7"' in page


def test_each_source_says_how_fresh_it_is_and_what_was_left_out(
    client: FlaskClient, session: Session
) -> None:
    course = a_live_course(session, **URLS)
    rows: list[dict[str, Any]] = [
        {
            "source": "roster",
            "succeeded_at": NOW - timedelta(minutes=5),
            "counts": {"people": 52},
        },
        {
            "source": "results",
            "succeeded_at": NOW - timedelta(hours=3),
            "error": "The platform <b>did</b> not answer.",
            "counts": {"items": 1, "results": 1312, "dropped": {"no user id": 3}},
        },
    ]
    session.add_all(SyncState(context_id=course.id, **row) for row in rows)
    session.add(
        Outbox(job="sync_course_now", subject_id=course.id, due_at=NOW, created_at=NOW)
    )

    page = text_of(managed(session, client, course).get("/panel/manage").text)

    assert "People in the course 5 minutes ago Read 52 people." in page
    assert (
        "Results Needs a look The platform <b>did</b> not answer. Last complete 3 "
        "hours ago. Read 1 activity, 1,312 results. 3 left out: no user id" in page
    )
    assert "News is being fetched" in page


@pytest.mark.parametrize("taken_at", [None, NOW], ids=["asked", "begun"])
def test_a_page_that_waits_for_news_looks_for_it_by_itself(
    client: FlaskClient, session: Session, taken_at: datetime | None
) -> None:
    course = a_live_course(session, **URLS)
    order = Outbox(job="sync_course", subject_id=course.id, due_at=NOW, created_at=NOW)
    order.taken_at = taken_at
    session.add(order)
    teacher = managed(session, client, course)
    waiting = teacher.get("/panel/manage").text

    session.delete(order)
    session.commit()
    settled = teacher.get("/panel/manage").text

    assert ("News is being fetched" in waiting, "data-later" in waiting) == (True, True)
    assert ("News is being fetched" in settled, "data-later" in settled) == (
        False,
        False,
    )


def test_a_platform_that_offers_nothing_is_told_of(
    client: FlaskClient, session: Session
) -> None:
    page = text_of(
        managed(session, client, a_live_course(session)).get("/panel/manage").text
    )

    assert "offers this tool neither its list of people nor its results" in page
    assert "Synchronise now" not in page


def test_asking_for_news_leaves_one_order_however_often(
    client: FlaskClient, session: Session
) -> None:
    teacher = managed(session, client, a_live_course(session, **URLS))

    answers = [teacher.send("POST", f"{teacher.course}/sync") for _ in range(2)]

    assert [(a.status_code, a.json) for a in answers] == [(202, {"state": "asked"})] * 2
    assert [row.job for row in session.query(Outbox)] == ["sync_course_now"]


def test_staff_read_a_badge_as_learners_do_without_progress_of_their_own(
    client: FlaskClient, session: Session
) -> None:
    teacher = managed(session, client, a_live_course(session))

    page = text_of(teacher.get("/panel/badges/prolific").text)

    assert "Earn 100 points" in page
    assert "0 of 100" not in page
    assert "Not earned yet" not in page


def test_the_zone_of_a_course_is_its_own_or_its_organisations(
    client: FlaskClient, session: Session
) -> None:
    course = a_live_course(session)
    teacher = managed(session, client, course)

    def said() -> tuple[str, bool]:
        page = teacher.get("/panel/manage").text
        return text_of(page), 'name="time_zone" list="zones" value="' in flat(page)

    followed, has_field = said()
    course.time_zone = "Asia/Tokyo"
    session.commit()
    own, _ = said()

    assert has_field
    assert "midnight in UTC . This is your organisation's zone." in followed
    assert "midnight in Asia/Tokyo . In another zone" in own


def flat(page: str) -> str:
    return " ".join(page.split())
