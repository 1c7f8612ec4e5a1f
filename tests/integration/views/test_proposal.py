"""A course that is a copy: its page proposes, its teacher decides, nothing is silent."""

from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from flask_openapi3.openapi import OpenAPI
from sqlalchemy.orm import Session

from campus import notices, tokens
from campus import vocabulary as lti
from models import Badge, Context, CopyProposal, Membership, Registration
from tests.conformance.stage import Stage, bearer_of
from tests.factories import a_badge, a_context
from tests.support.clock import NOW
from tests.support.launches import Caller
from tests.support.markup import text_of
from tests.support.platform import Registered

LINE = "This course is a copy of Biology before"


@pytest.fixture
def stage(app: OpenAPI, registered: Registered, session: Session) -> Stage:
    return Stage(app, registered, session)


@pytest.fixture
def old(stage: Stage, session: Session) -> Context:
    """Build the earlier course of the campus's platform, with a badge of its own."""
    platform = session.scalars(sa.select(Registration)).one()
    old = a_context(session, registration=platform, lti_id="98", title="Biology before")
    a_badge(session, of=old, key="helper").origin = "course"
    session.commit()
    return old


def opened(
    stage: Stage, client: FlaskClient, history: str = "", *, teaches: Context | None
) -> Caller:
    """Let the teacher open the course for the first time, with such a history."""
    begun = stage.begin(stage.registered.cast.iris)
    claims: Any = stage.claims(begun)
    custom = {**claims[lti.CUSTOM], "context_history": history}
    answer = stage.post(begun, stage.token(begun, {lti.CUSTOM: custom}))
    stage.session.rollback()
    member = stage.session.scalars(sa.select(Membership).filter_by(role="instructor"))
    teacher = member.one()
    if teaches is not None:
        stage.session.add(
            Membership(
                context_id=teaches.id,
                user_id=teacher.user_id,
                role="instructor",
                first_seen_at=NOW,
            )
        )
    course = teacher.context.public_id
    stage.session.commit()
    return Caller(client, bearer_of(answer), course)


def page(caller: Caller) -> str:
    return " ".join(text_of(caller.get("/panel/manage").text).split())


def states(session: Session) -> list[tuple[str, str]]:
    session.rollback()
    rows = sa.select(CopyProposal.found_by, CopyProposal.state)
    return [(by, state) for by, state in session.execute(rows)]


def test_the_history_of_a_first_launch_is_proposed_and_accepted(
    stage: Stage, client: FlaskClient, session: Session, old: Context
) -> None:
    teacher = opened(stage, client, "99,98,truncated", teaches=old)
    path = f"{teacher.course}/imports"

    before = page(teacher)
    listed = teacher.get(f"{path}/sources").json
    untouched = session.scalars(sa.select(Badge).where(Badge.context_id != old.id))
    assert untouched.all() == []
    taken = teacher.send("POST", path, {"course": old.public_id})

    assert LINE in before
    assert "Take them over" in before
    assert [one["proposed"] for one in (listed or {})["items"]] == [True]
    assert (taken.json or {})["changes"] == [
        "The badge “Helper” (helper) is added: Earn 25 points."
    ]
    assert states(session) == [("history", "accepted")]
    assert LINE not in page(teacher)


def test_a_notice_before_the_first_launch_is_remembered_and_dismissed(
    stage: Stage, client: FlaskClient, session: Session, old: Context
) -> None:
    campus, cast = stage.registered.campus, stage.registered.cast
    claims = notices.context_copy(campus, cast.tool, cast.course, origins=("98",))
    sent = stage.browser().post(
        "/lti/notices",
        data=notices.body(tokens.id_token(campus, claims)),
        content_type="application/json",
    )
    teacher = opened(stage, client, teaches=old)
    path = f"{teacher.course}/imports/dismiss"

    before = page(teacher)
    answers = [
        teacher.send("POST", path, {"course": old.public_id}).json for _ in range(2)
    ]

    assert sent.status_code == 202
    assert LINE in before
    assert answers == [{"dismissed": True}, {"dismissed": False}]
    assert states(session) == [("notice", "dismissed")]
    assert LINE not in page(teacher)
    listed = teacher.get(f"{teacher.course}/imports/sources").json or {}
    assert [one["proposed"] for one in listed["items"]] == [False]


def test_who_does_not_teach_the_earlier_course_reads_nothing_of_it(
    stage: Stage, client: FlaskClient, session: Session, old: Context
) -> None:
    teacher = opened(stage, client, "98", teaches=None)

    assert states(session) == [("history", "proposed")]
    assert "Biology before" not in page(teacher)
    assert "is a copy" not in page(teacher)


def test_a_course_that_is_no_copy_has_no_such_line(
    stage: Stage, client: FlaskClient, session: Session, old: Context
) -> None:
    teacher = opened(stage, client, "$Context.id.history", teaches=old)

    assert states(session) == []
    assert "is a copy" not in page(teacher)
