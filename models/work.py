from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from models.base import NEVER_AGAIN, Base, Identified


class StreamEvent(Identified, Base):
    """That something changed, for whom; never what: each viewer is told anew."""

    __tablename__ = "stream_event"
    __table_args__ = NEVER_AGAIN

    context_id: Mapped[int] = mapped_column(sa.ForeignKey("context.id"), index=True)
    membership_id: Mapped[int | None] = mapped_column(sa.ForeignKey("membership.id"))
    audience: Mapped[str] = mapped_column(sa.String(16))
    """`member` (that one alone), `course` or `staff`."""
    kind: Mapped[str] = mapped_column(sa.String(32))
    subject: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Ids alone."""
    created_at: Mapped[datetime] = mapped_column(index=True)


class Outbox(Identified, Base):
    """Work a transaction wants done after it; the worker sweeps what is left."""

    __tablename__ = "outbox"
    __table_args__ = (
        sa.Index(
            "uq_outbox_waiting",
            "job",
            "subject_id",
            unique=True,
            postgresql_where=sa.text("taken_at IS NULL"),
            sqlite_where=sa.text("taken_at IS NULL"),
        ),
        NEVER_AGAIN,
    )

    job: Mapped[str] = mapped_column(sa.String(64))
    subject_id: Mapped[int]
    due_at: Mapped[datetime]
    created_at: Mapped[datetime]
    taken_at: Mapped[datetime | None]


class JobRun(Identified, Base):
    """One run of a job for one period: the second worker finds it taken."""

    __tablename__ = "job_run"
    __table_args__ = (sa.UniqueConstraint("job", "period"),)

    job: Mapped[str] = mapped_column(sa.String(64))
    period: Mapped[str] = mapped_column(sa.String(64))
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    error: Mapped[str | None] = mapped_column(sa.String(255))
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)


class SyncState(Base):
    """How fresh one source of a course is, and what the last try brought."""

    __tablename__ = "sync_state"

    context_id: Mapped[int] = mapped_column(
        sa.ForeignKey("context.id"), primary_key=True, autoincrement=False
    )
    source: Mapped[str] = mapped_column(sa.String(32), primary_key=True)
    """`roster`, `results` or `scores`."""
    attempted_at: Mapped[datetime | None]
    succeeded_at: Mapped[datetime | None]
    failures: Mapped[int] = mapped_column(default=0)
    next_attempt_at: Mapped[datetime | None]
    accepted_at: Mapped[datetime | None]
    """When a human said to believe the next reading; empty once that was done."""
    error: Mapped[str | None] = mapped_column(sa.String(255))
    """What went wrong and what to do, in a sentence without secrets."""
    counts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """What was read, changed and dropped, and why it was dropped."""


class Notice(Identified, Base):
    """What a platform told us unasked, verified and kept; the same one is one row."""

    __tablename__ = "notice"
    __table_args__ = (
        sa.UniqueConstraint("registration_id", "lti_id"),
        sa.Index(
            "ix_notice_registration_id_context_lti_id",
            *("registration_id", "context_lti_id"),
        ),
    )

    registration_id: Mapped[int] = mapped_column(sa.ForeignKey("registration.id"))
    lti_id: Mapped[str] = mapped_column(sa.String(255))
    kind: Mapped[str] = mapped_column(sa.String(32))
    """`LtiHelloWorldNotice` or `LtiContextCopyNotice`."""
    deployment_lti_id: Mapped[str] = mapped_column(sa.String(255))
    context_lti_id: Mapped[str] = mapped_column(sa.String(255), default="")
    """The course it is about; a copy's is the new one."""
    origins: Mapped[list[str]] = mapped_column(default=list)
    """Of which courses it is a copy, by the platform's ids."""
    sent_at: Mapped[datetime]
    received_at: Mapped[datetime]
