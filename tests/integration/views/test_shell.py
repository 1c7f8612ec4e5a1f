"""The page that answers a launch: the shell around its first panel."""

import json
import re

import pytest
from flask import g
from flask_openapi3.openapi import OpenAPI
from sqlalchemy.orm import Session

from lti.sessions import find_session
from models.db import db
from tests.factories import a_context, a_member
from tests.support.clock import NOW
from tests.support.launches import a_launch, a_live_course
from tests.support.markup import text_of
from views import pages
from views.panel import first_page


def opened(app: OpenAPI, token: str) -> str:
    """Return the page that answers the launch of this token."""
    with app.test_request_context():
        launch = find_session(db.session(), token, NOW)
        assert launch is not None
        g.launch = launch
        return pages.shell(first_page(launch), launch, token)


def test_a_launch_is_answered_with_its_panel_and_one_token(
    app: OpenAPI, session: Session
) -> None:
    ada = a_member(session, of=a_live_course(session, title="Bio </script> 1"))
    token = a_launch(session, ada, role="learner")

    page = opened(app, token)

    found = re.search(r'id="laurel-session"[^>]*>(.*?)</script>', page, re.DOTALL)
    assert found is not None
    assert json.loads(found.group(1)) == {"token": token}
    assert page.count(token) == 1
    assert '<html lang="en" dir="ltr">' in page
    assert "Bio &lt;/script&gt; 1" in page
    assert "0 of 5 earned" in page
    assert 'data-route="overview"' in page


def test_a_panel_says_where_a_reload_is_to_end(app: OpenAPI, session: Session) -> None:
    ada = a_member(session, of=a_live_course(session))
    platform = ada.context.registration.public_id

    page = opened(app, a_launch(session, ada, role="learner"))

    assert f'<body data-again="/lti/again/{platform}"' in page


def test_a_launch_opens_the_panel_its_link_asked_for(
    app: OpenAPI, session: Session
) -> None:
    course = a_live_course(session, board_enabled=True)
    wanted = {
        ("learner", "overview", None): "Your progress",
        ("learner", "progress", None): "Your progress",
        ("learner", "dashboard", None): "Your progress",
        ("learner", "leaderboard", None): "Leaderboard",
        ("learner", "badges", None): "Badges",
        ("learner", "badge", "author"): "Author",
        ("learner", "badge", "gone"): "Badges",
        ("learner", "badge", None): "Badges",
        ("instructor", "overview", None): "Badges in this course",
        ("instructor", "dashboard", None): "Badges in this course",
        ("instructor", "badges", None): "What learners can earn",
        ("instructor", "leaderboard", None): "Leaderboard",
        ("instructor", "badge", "author"): "Author",
        ("instructor", "badge", "gone"): "What learners can earn",
        ("observer", "badges", None): "Nothing to see here yet",
        ("observer", "leaderboard", None): "Nothing to see here yet",
        ("observer", "badge", "author"): "Nothing to see here yet",
    }

    opens = {}
    for role, panel, key in wanted:
        member = a_member(session, of=course, role=role, name="")
        token = a_launch(session, member, role=role, panel=panel, badge_key=key)
        opens[role, panel, key] = heading_of(opened(app, token))

    assert opens == wanted


@pytest.mark.parametrize("role", ["learner", "instructor"])
def test_a_link_to_a_badge_that_is_gone_says_so(
    role: str, app: OpenAPI, session: Session
) -> None:
    course = a_live_course(session)
    member = a_member(session, of=course, role=role)

    pages = {
        key: text_of(
            opened(
                app, a_launch(session, member, role=role, panel="badge", badge_key=key)
            )
        )
        for key in ("gone", None)
    }

    sentence = "The badge that this link was made for is not in this course any more."
    assert {key: sentence in page for key, page in pages.items()} == {
        "gone": True,
        None: False,
    }


@pytest.mark.parametrize(
    ("role", "heading"),
    [
        ("learner", "Nothing to see here yet"),
        ("instructor", "Recognise the work your learners do"),
    ],
)
def test_while_a_course_is_off_a_link_to_a_badge_misses_none(
    role: str, heading: str, app: OpenAPI, session: Session
) -> None:
    member = a_member(session, of=a_context(session, enabled=False), role=role)
    token = a_launch(session, member, role=role, panel="badge", badge_key="author")

    page = opened(app, token)

    assert heading_of(page) == heading
    assert "any more" not in page


def heading_of(page: str) -> str:
    found = re.search(r"<h1[^>]*>(.*?)</h1>", page, re.DOTALL)
    return text_of(found.group(1)) if found else ""


def test_the_page_is_laid_out_as_the_locale_reads(
    app: OpenAPI, session: Session
) -> None:
    ada = a_member(session, of=a_live_course(session))
    arabic = a_launch(session, ada, role="learner", locale="ar-EG")
    german = a_launch(session, ada, role="learner", locale="de")

    assert '<html lang="en" dir="rtl">' in opened(app, arabic)
    assert '<html lang="en" dir="ltr">' in opened(app, german)


def test_only_a_page_that_can_is_asked_to_resize_the_frame(
    app: OpenAPI, session: Session
) -> None:
    ada = a_member(session, of=a_live_course(session))
    registration = ada.context.registration
    registration.frame_origins = ["https://school.example"]
    origins = {}

    for family in ("canvas", "moodle", ""):
        registration.family = family
        page = opened(app, a_launch(session, ada, role="learner"))
        origins[family] = re.findall(r'data-frame-origins="(.*?)"', page)

    assert origins == {"canvas": ["https://school.example"], "moodle": [], "": []}
