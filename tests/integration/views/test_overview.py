"""What a learner sees first, and that it is nothing while a switch is off."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from flask_openapi3.openapi import OpenAPI
from sqlalchemy.orm import Session

from models import Outbox, SyncState
from tests.factories import a_badge, a_contribution, a_member
from tests.support.clock import NOW, Clock
from tests.support.launches import a_caller, a_live_course, hand_in
from tests.support.markup import text_of
from views.panel import NO_BOARD, NO_BOARD_FOR_STAFF
from views.wording import WITHOUT_TIME


@pytest.mark.demand("A35")
def test_a_learner_sees_points_badges_and_the_next_step(
    client: FlaskClient, session: Session
) -> None:
    ada = a_member(session, of=a_live_course(session), name="Ada Ahorn")
    hand_in(session, ada, times=14)

    page = text_of(a_caller(session, client, member=ada).get("/panel/overview").text)

    assert "Hello, Ada Ahorn" in page
    assert "28 points" in page
    assert "28 points this week: your best week so far." in page
    assert "22 points to the milestone of 50" in page
    assert "Next badge Prolific" in page
    assert "72 points to go" in page
    assert "2 of 5 earned" in page
    assert "Contributor Earned 22 Nov 2026" in page
    assert "Prolific 28 of 100 points" in page


def test_a_badge_is_news_until_the_visit_after_it_was_seen(
    client: FlaskClient, session: Session, clock: Clock
) -> None:
    ada = a_member(session, of=a_live_course(session))

    def seen() -> str:
        moment = clock.moment
        a_contribution(session, by=ada, kind="launched", at=moment)
        caller = a_caller(
            session, client, member=ada, created_at=moment, last_used_at=moment
        )
        return text_of(caller.get("/panel/overview").text)

    clock.advance(timedelta(days=-7))
    none = seen()
    hand_in(session, ada, times=1)
    clock.advance(timedelta(days=7))
    one = seen()
    clock.advance(timedelta(hours=1))
    again = seen()

    assert "new badge" not in (none + again).lower()
    assert "New badge First contribution" in one


def test_all_badges_that_are_new_are_named(
    client: FlaskClient, session: Session
) -> None:
    ada = a_member(session, of=a_live_course(session))
    hand_in(session, ada, times=14)

    page = text_of(a_caller(session, client, member=ada).get("/panel/overview").text)

    assert "2 new badges First contribution , Contributor" in page


def test_one_goal_is_counted_down_once(client: FlaskClient, session: Session) -> None:
    ada = a_member(session, of=a_live_course(session), name="Ada Ahorn")
    hand_in(session, ada, times=26)

    page = text_of(a_caller(session, client, member=ada).get("/panel/overview").text)

    assert "The milestone of 100 points brings you a badge too" in page
    assert page.count("48 points") == 1
    assert "Next badge Prolific" in page


def test_a_course_without_handed_in_work_promises_nothing_for_it(
    client: FlaskClient, session: Session
) -> None:
    ada = a_member(session, of=a_live_course(session))
    ben = a_member(session, of=ada.context)
    learner = a_caller(session, client, member=ada)
    teacher = a_caller(session, client, of=ada.context, role="instructor")
    hand_in(session, a_member(session, of=a_live_course(session)), times=1)

    def said() -> list[str]:
        paths = ("overview", "badges/author", "badges/contributor")
        pages = [learner.get(f"/panel/{path}") for path in paths]
        pages += [teacher.get(f"/panel/{path}") for path in ("badges", "badges/author")]
        return [text_of(page.text) for page in pages]

    without = said()
    hand_in(session, ben, times=1)
    session.commit()
    with_work = said()

    calm = "Nobody can earn this yet: the course site reports no handed-in work"
    assert [page.count(calm) for page in without] == [1, 1, 0, 1, 1]
    assert [page.count(calm) for page in with_work] == [0, 0, 0, 0, 0]
    assert "Your first points come with the first thing you complete" in without[0]
    assert "0 of 5 pieces of work" not in without[1]
    assert "Completing activities and good results earn points." in without[2]
    assert "Author 0 of 5 pieces of work" in with_work[0]
    assert "5 pieces of work to go" in with_work[1]
    assert "Handing in work, posting" in with_work[2]


def test_a_badge_for_time_says_that_no_time_is_reported(
    client: FlaskClient, session: Session
) -> None:
    ada = a_member(session, of=a_live_course(session))
    hour = a_badge(session, of=ada.context, metric="time_spent", threshold=3600)
    hand_in(session, ada, times=1)
    learner = a_caller(session, client, member=ada)
    teacher = a_caller(session, client, of=ada.context, role="instructor")

    pages = [
        *(learner.get(f"/panel/{path}") for path in ("badges", f"badges/{hour.key}")),
        *(teacher.get(f"/panel/{path}") for path in ("badges", f"badges/{hour.key}")),
    ]

    said = [text_of(page.text) for page in pages]
    assert [page.count(WITHOUT_TIME) for page in said] == [1, 1, 1, 1]


def test_a_learner_without_a_name_or_a_point_is_told_the_first_step(
    client: FlaskClient, session: Session
) -> None:
    new = a_member(session, of=a_live_course(session), name="")
    hand_in(session, a_member(session, of=new.context), times=1)

    page = text_of(a_caller(session, client, member=new).get("/panel/overview").text)

    assert "Your progress" in page
    assert "Your first points come with the first thing you hand in" in page
    assert "First step First contribution" in page
    assert "1 contribution to go" in page


def test_a_name_of_markup_is_text(client: FlaskClient, session: Session) -> None:
    ada = a_member(session, of=a_live_course(session), name="Lerner <b>x</b>")

    page = a_caller(session, client, member=ada).get("/panel/overview").text

    assert "Lerner &lt;b&gt;x&lt;/b&gt;" in page
    assert "<b>x" not in page


@pytest.mark.parametrize("off", ["environment", "tenant", "course"])
@pytest.mark.demand("A3", "A33")
def test_off_leaves_no_trace_of_badges_for_a_learner(
    off: str, app: OpenAPI, client: FlaskClient, session: Session
) -> None:
    course = a_live_course(session, board_enabled=True)
    ada = a_member(session, of=course)
    hand_in(session, ada, times=14)
    course.enabled, course.tenant.enabled = off != "course", off != "tenant"
    if off == "environment":
        settings = app.extensions["laurel"]
        app.extensions["laurel"] = type(settings)(
            **{**vars(settings), "gamification_enabled": False}
        )
    caller = a_caller(session, client, member=ada)

    pages = [
        caller.get(f"/panel/{route}")
        for route in ("overview", "badges", "leaderboard", "leaderboard?period=week")
    ]

    assert {page.status_code for page in pages} == {200}
    assert {"badge" in page.text.lower() for page in pages} == {False}
    assert {"leaderboard" in page.text.lower() for page in pages} == {False}
    assert all("Nothing to see here yet" in page.text for page in pages)
    assert caller.get("/panel/badges/contributor").status_code == 404


def test_a_link_to_a_board_that_is_off_says_so_above_ones_own_progress(
    client: FlaskClient, session: Session
) -> None:
    course = a_live_course(session, board_enabled=False)
    caller = a_caller(session, client, member=a_member(session, of=course))

    asked = text_of(caller.get("/panel/leaderboard").text)
    unasked = text_of(caller.get("/panel/overview").text)

    assert NO_BOARD in asked
    assert NO_BOARD not in unasked
    assert asked.replace(NO_BOARD, "").split() == unasked.split()


def test_a_teachers_link_to_a_board_that_is_off_says_what_learners_see(
    client: FlaskClient, session: Session
) -> None:
    course = a_live_course(session, board_enabled=False)
    caller = a_caller(session, client, of=course, role="instructor")

    asked = text_of(caller.get("/panel/leaderboard").text)
    unasked = text_of(caller.get("/panel/overview").text)
    course.enabled = False
    session.commit()
    while_off = text_of(caller.get("/panel/leaderboard").text)

    said = [NO_BOARD_FOR_STAFF in page for page in (asked, unasked, while_off)]
    assert said == [True, False, False]


def test_a_badges_page_says_how_it_is_earned(
    client: FlaskClient, session: Session
) -> None:
    ada = a_member(session, of=a_live_course(session))
    hand_in(session, ada, times=14)
    caller = a_caller(session, client, member=ada)

    locked = text_of(caller.get("/panel/badges/prolific").text)
    earned = text_of(caller.get("/panel/badges/contributor").text)

    assert "Prolific You contribute a lot, and it shows. Not earned yet" in locked
    assert "How do I earn this? Earn 100 points 28 of 100 points" in locked
    assert "72 points to go." in locked
    assert "Earned on 22 November 2026" in earned
    assert caller.get("/panel/badges/nonsense").status_code == 404


def test_the_page_says_how_old_it_is(client: FlaskClient, session: Session) -> None:
    course = a_live_course(session, lineitems_url="https://lms.example/items")
    state = SyncState(context_id=course.id, source="results", counts={})
    session.add(state)
    caller = a_caller(session, client, of=course)

    def page_of(ago: timedelta | None, error: str | None) -> str:
        state.succeeded_at, state.error = NOW - ago if ago else None, error
        session.commit()
        return text_of(caller.get("/panel/overview").text)

    down = page_of(timedelta(hours=5), "It is down.")
    assert "What you see is from 5 hours ago" in down
    assert "It is down." not in down
    assert "Up to date 5 minutes ago" in page_of(timedelta(minutes=5), None)
    assert "The course site has not answered yet" in page_of(None, "It is down.")
    assert "is being fetched" in page_of(None, None)


def test_a_look_after_a_quiet_week_waits_for_what_came_since(
    client: FlaskClient, session: Session
) -> None:
    course = a_live_course(session, lineitems_url="https://lms.example/items")
    state = SyncState(
        context_id=course.id,
        source="results",
        succeeded_at=NOW - timedelta(days=7),
        counts={},
    )
    asked = Outbox(job="sync_course", subject_id=course.id, due_at=NOW, created_at=NOW)
    session.add_all([state, asked])
    caller = a_caller(session, client, of=course)

    quiet = caller.get("/panel/overview").text
    state.error = "It is down."
    session.commit()
    down = caller.get("/panel/overview").text

    assert "from 7 days ago . What came since is being fetched" in text_of(quiet)
    assert "The course site has not answered lately" in text_of(down)
    assert ["data-later" in page for page in (quiet, down)] == [True, True]


def test_a_first_look_waits_for_what_is_being_fetched(
    client: FlaskClient, session: Session
) -> None:
    course = a_live_course(session, lineitems_url="https://lms.example/items")
    caller = a_caller(session, client, of=course)
    alone = caller.get("/panel/overview").text
    session.add(
        Outbox(job="sync_course", subject_id=course.id, due_at=NOW, created_at=NOW)
    )
    session.commit()

    asked = caller.get("/panel/overview").text
    session.add(
        SyncState(context_id=course.id, source="results", succeeded_at=NOW, counts={})
    )
    session.commit()
    known = caller.get("/panel/overview").text

    assert ["data-later" in page for page in (alone, asked, known)] == [
        False,
        True,
        False,
    ]
