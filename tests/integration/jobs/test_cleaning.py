from datetime import timedelta

import sqlalchemy as sa
from flask_openapi3.openapi import OpenAPI
from sqlalchemy.orm import Session

from gamification.feedback import Change, tell
from jobs.cleaning import clean_up
from lti import audit
from lti.audit import PASSING
from lti.registration.invitations import Terms, invite
from models import (
    AuditEntry,
    Base,
    ClaimAttempt,
    Invitation,
    JobRun,
    KeptAnswer,
    LaunchSession,
    Login,
    Notification,
    PendingLaunch,
    Registration,
    StreamEvent,
)
from tests.factories import a_context, a_member, a_registration
from tests.support.clock import NOW, Clock
from tests.support.launches import a_launch


def rows(session: Session, model: type[Base]) -> int:
    session.rollback()
    return session.scalar(sa.select(sa.func.count()).select_from(model)) or 0


def clean(app: OpenAPI) -> None:
    with app.app_context():
        clean_up()


def a_login(session: Session, *, ago: timedelta) -> Login:
    """Begin a login that expired so long ago."""
    context = a_context(session)
    login = Login(
        state=f"state-{context.id}",
        nonce=f"nonce-{context.id}",
        registration_id=context.registration_id,
        target_link_uri="https://laurel.example/lti/launch",
        created_at=NOW - ago - timedelta(minutes=10),
        expires_at=NOW - ago,
    )
    session.add(login)
    session.flush()
    return login


def test_a_login_is_forgotten_an_hour_after_it_expired(
    app: OpenAPI, session: Session
) -> None:
    a_login(session, ago=timedelta(minutes=59))
    a_login(session, ago=timedelta(minutes=61))
    session.commit()

    clean(app)

    assert rows(session, Login) == 1
    assert rows(session, Registration) == 2


def test_a_launch_that_waits_for_its_browser_goes_when_it_expires(
    app: OpenAPI, session: Session
) -> None:
    for name, expires_at in (("a", NOW - timedelta(seconds=1)), ("b", NOW)):
        login = a_login(session, ago=-timedelta(minutes=5))
        session.add(
            PendingLaunch(
                token_hash=name, login_id=login.id, claims={}, expires_at=expires_at
            )
        )
    session.commit()

    clean(app)

    assert rows(session, PendingLaunch) == 1


def test_a_session_is_forgotten_a_day_after_it_ended(
    app: OpenAPI, session: Session, clock: Clock
) -> None:
    a_launch(session, a_member(session), role="learner")  # it ends after eight hours

    clock.advance(timedelta(hours=31))
    clean(app)
    assert rows(session, LaunchSession) == 1

    clock.advance(timedelta(hours=2))
    clean(app)
    assert rows(session, LaunchSession) == 0


def test_old_stream_events_and_old_runs_go(app: OpenAPI, session: Session) -> None:
    context = a_context(session)
    for hours in (23, 25):
        session.add(
            StreamEvent(
                context_id=context.id,
                audience="course",
                kind="standing",
                created_at=NOW - timedelta(hours=hours),
            )
        )
    for days in (89, 91):
        day = NOW - timedelta(days=days)
        session.add(JobRun(job="recompute", period=str(days), started_at=day))
    session.commit()

    clean(app)

    assert (rows(session, StreamEvent), rows(session, JobRun)) == (1, 1)


def test_refusals_are_kept_for_ninety_days_and_decisions_for_ever(
    app: OpenAPI, session: Session
) -> None:
    platform = a_registration(session)
    for days in (89, 91):
        moment = NOW - timedelta(days=days)
        for action in (*PASSING, "settings_changed"):
            audit.note(session, action, moment, registration=platform)
        audit.note(session, "login_refused", moment)
    session.commit()

    clean(app)

    assert rows(session, AuditEntry) == len(PASSING) + 3
    old = sa.select(AuditEntry.action).where(
        AuditEntry.happened_at < NOW - timedelta(days=90)
    )
    assert session.scalars(old).all() == ["settings_changed"]


def test_an_invitation_is_forgotten_ninety_days_after_its_end(
    app: OpenAPI, session: Session
) -> None:
    for days in (96, 98):
        invite(session, Terms(tenant="acme", days=7), NOW - timedelta(days=days))
    session.commit()

    clean(app)

    assert rows(session, Invitation) == 1


def test_wrong_codes_and_kept_answers_are_forgotten_after_a_day(
    app: OpenAPI, session: Session
) -> None:
    ada = a_member(session)
    for hours in (23, 25):
        moment = NOW - timedelta(hours=hours)
        session.add(ClaimAttempt(membership_id=ada.id, tried_at=moment))
        session.add(
            KeptAnswer(
                membership_id=ada.id,
                key=str(hours),
                asked="",
                status=201,
                body={},
                created_at=moment,
            )
        )
    session.commit()

    clean(app)

    assert (rows(session, ClaimAttempt), rows(session, KeptAnswer)) == (1, 1)
    assert session.scalars(sa.select(KeptAnswer.key)).all() == ["23"]


def test_news_are_forgotten_after_a_year(app: OpenAPI, session: Session) -> None:
    ada = a_member(session)
    for days in (364, 366):
        change = Change(ada.id, "level", f"level:{days}", {})
        tell(session, ada.context_id, [change], NOW - timedelta(days=days))
    session.commit()

    clean(app)

    assert rows(session, Notification) == 1
