"""Throwing away what has had its time."""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gamification.standings.aliases import NOBODYS_FOR
from jobs.answers import KEPT
from jobs.clock import now
from lti.audit import PASSING
from models import (
    AuditEntry,
    ClaimAttempt,
    Delivery,
    FormerAlias,
    Invitation,
    JobRun,
    KeptAnswer,
    LaunchSession,
    Login,
    Notification,
    PendingLaunch,
    StreamEvent,
    Tenant,
)
from models.db import db
from models.locks import begin_write, retried

LOGINS_KEPT = timedelta(hours=1)
SESSIONS_KEPT = timedelta(days=1)
STREAM_KEPT = timedelta(days=1)
RUNS_KEPT = timedelta(days=90)
REFUSALS_KEPT = timedelta(days=90)
INVITATIONS_KEPT = timedelta(days=90)
ATTEMPTS_KEPT = timedelta(days=1)
NEWS_KEPT = timedelta(days=365)
DELIVERIES_KEPT = timedelta(days=30)


def clean_up() -> None:
    """Delete what has had its time, from logins to news and deliveries.

    Of the audit only what anybody may cause goes; what was decided stays.
    """
    session = db.session()
    for statement in _expired(now()):
        _delete(session, statement)


def _expired(moment: datetime) -> tuple[sa.Delete, ...]:
    return (
        sa.delete(PendingLaunch).where(PendingLaunch.expires_at < moment),
        # A login that was used must be known as used until its token is too old.
        sa.delete(Login).where(Login.expires_at < moment - LOGINS_KEPT),
        sa.delete(LaunchSession).where(
            LaunchSession.expires_at < moment - SESSIONS_KEPT
        ),
        sa.delete(StreamEvent).where(StreamEvent.created_at < moment - STREAM_KEPT),
        sa.delete(Invitation).where(Invitation.expires_at < moment - INVITATIONS_KEPT),
        sa.delete(ClaimAttempt).where(ClaimAttempt.tried_at < moment - ATTEMPTS_KEPT),
        sa.delete(FormerAlias).where(FormerAlias.given_back_at < moment - NOBODYS_FOR),
        sa.delete(Notification).where(Notification.created_at < moment - NEWS_KEPT),
        # Those that still wait are of a webhook that is disabled.
        sa.delete(Delivery).where(Delivery.created_at < moment - DELIVERIES_KEPT),
        sa.delete(KeptAnswer).where(KeptAnswer.created_at < moment - KEPT),
        sa.delete(JobRun).where(JobRun.started_at < moment - RUNS_KEPT),
        *_refusals(moment),
    )


def _refusals(moment: datetime) -> tuple[sa.Delete, ...]:
    passing = sa.delete(AuditEntry).where(
        AuditEntry.action.in_(PASSING), AuditEntry.happened_at < moment - REFUSALS_KEPT
    )
    # By organisation, as the index is: the table is large where it is needed most.
    return (
        passing.where(AuditEntry.tenant_id.in_(sa.select(Tenant.id))),
        passing.where(AuditEntry.tenant_id.is_(None)),
    )


def _delete(session: Session, statement: sa.Delete) -> None:
    # One short transaction each: a launch must not wait for all of them.
    def delete() -> None:
        begin_write(session)
        session.execute(statement.execution_options(synchronize_session=False))
        session.commit()

    retried(session, delete)
