"""Who is written of after a merge was waited for is who was kept, not who was given up."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest
import sqlalchemy as sa
from flask_openapi3.openapi import OpenAPI
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from gamification.awards.claims import Terms, make_code
from models import (
    Award,
    ClaimCode,
    ConsentEntry,
    Context,
    ExcusedPeriod,
    GroupMember,
    Membership,
    NotificationPreference,
)
from models.experiment import VariantAssignment
from models.locks import begin_write
from tests.factories import a_badge, a_member
from tests.integration.lti.test_launch_races import about_to_wait
from tests.support.clock import NOW
from tests.support.experiments import a_running_experiment
from tests.support.launches import Caller, a_caller, a_live_course
from tests.support.merging import merged

CODE = "2345-6789-ABCD"
GROUPS = [{"key": "red", "members": ["gone"]}]
LEAVE = [{"first": "2026-12-01", "last": "2026-12-02"}]
OWN: list[tuple[str, str, dict[str, Any], type[Any]]] = [
    ("PUT", "me/board", {"joined": True}, ConsentEntry),
    ("PUT", "me/notifications/preferences", {"off": ["level"]}, NotificationPreference),
    ("POST", "me/claims", {"code": CODE}, Award),
    ("POST", "me/exposures", {"experiment": "board"}, VariantAssignment),
]


@pytest.fixture
def course(session: Session) -> Context:
    course = a_live_course(
        session, board_enabled=True, board_participation="opt_in", board_rank="relative"
    )
    a_badge(session, of=course, key="helper")
    a_running_experiment(session, course)
    terms = Terms("helper", 1, NOW + timedelta(days=1))
    assert make_code(session, course, terms, "iris", NOW) is not None
    kept_as = sha256(CODE.replace("-", "").encode()).hexdigest()
    session.execute(sa.update(ClaimCode).values(code_hash=kept_as))
    return course


@pytest.fixture
def kept(session: Session, course: Context) -> Membership:
    return a_member(session, of=course, alias="Keen Kestrel")


@pytest.fixture
def gone(session: Session, course: Context) -> Membership:
    gone = a_member(session, of=course, alias="Brisk Badger")
    gone.user.public_id = "gone"
    return gone


@pytest.fixture
def meanwhile(
    app: OpenAPI, session: Session, kept: Membership, gone: Membership
) -> Callable[[Callable[[], TestResponse]], int]:
    """Let somebody ask who has to wait for a merge of the two, and commit it then."""

    def asked(ask: Callable[[], TestResponse]) -> int:
        session.commit()
        begin_write(session)
        merged(session, kept, gone)
        with about_to_wait(app) as waits, ThreadPoolExecutor() as threads:
            answer = threads.submit(ask)
            assert waits.wait(10)
            session.commit()
            return answer.result().status_code

    return asked


def written_of(session: Session, model: type[Any]) -> list[int]:
    session.rollback()
    return list(session.scalars(sa.select(model.membership_id)))


@pytest.mark.parametrize(
    ("path", "body", "model"),
    [
        ("groups", {"kind": "team", "groups": GROUPS}, GroupMember),
        ("members/gone/excused", {"periods": LEAVE}, ExcusedPeriod),
    ],
    ids=["groups", "excused"],
)
def test_a_teacher_writes_of_who_was_kept(
    app: OpenAPI,
    session: Session,
    kept: Membership,
    meanwhile: Callable[[Callable[[], TestResponse]], int],
    path: str,
    body: object,
    model: type[Any],
) -> None:
    of = session.get_one(Context, kept.context_id)
    teacher = a_caller(session, app.test_client(), of=of, role="instructor")

    status = meanwhile(lambda: teacher.send("PUT", f"{teacher.course}/{path}", body))

    assert (status, written_of(session, model)) == (200, [kept.id])


@pytest.mark.parametrize("headers", [{}, {"Idempotency_Key": "one"}], ids=["", "key"])
@pytest.mark.parametrize(("method", "path", "body", "model"), OWN)
def test_who_was_given_up_writes_as_who_was_kept(
    app: OpenAPI,
    session: Session,
    kept: Membership,
    gone: Membership,
    meanwhile: Callable[[Callable[[], TestResponse]], int],
    method: str,
    path: str,
    body: object,
    model: type[Any],
    headers: dict[str, str],
) -> None:
    me: Caller = a_caller(session, app.test_client(), member=gone)

    status = meanwhile(lambda: me.send(method, f"/api/v1/{path}", body, **headers))

    assert status < 300
    assert written_of(session, model) == [kept.id]


def test_another_alias_is_that_of_who_was_kept(
    app: OpenAPI,
    session: Session,
    kept: Membership,
    gone: Membership,
    meanwhile: Callable[[Callable[[], TestResponse]], int],
) -> None:
    me = a_caller(session, app.test_client(), member=gone)

    status = meanwhile(lambda: me.send("POST", "/api/v1/me/alias"))

    session.refresh(kept)
    assert status == 200
    assert kept.alias != "Keen Kestrel"
