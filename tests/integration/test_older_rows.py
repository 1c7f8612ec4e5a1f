"""What a migration does to the rows that are there."""

from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from flask_openapi3.openapi import OpenAPI
from sqlalchemy.orm import Session

from config import ROOT
from gamification.activity import rebuild
from gamification.feedback.wording import save_messages
from jobs.freshness import RECOUNT_COURSE
from models import Contribution, Earned, MessageTemplate, Outbox, SyncState
from tests.factories import a_context, a_contribution, a_member, a_tenant
from tests.support.clock import NOW
from tests.support.sealing import chain, decisions, seal

THEN = NOW - timedelta(days=2)


def migrated(session: Session, revision: str, *, back: bool = False) -> None:
    """Apply one migration by itself, or take it back."""
    session.flush()
    script = ScriptDirectory(str(ROOT / "migrations")).get_revision(revision)
    module: Any = script.module
    with Operations.context(MigrationContext.configure(session.connection())):
        (module.downgrade if back else module.upgrade)()
    session.expire_all()


@pytest.mark.parametrize(
    ("source", "seen_at"), [("api", THEN), ("command", THEN), ("ags", NOW)]
)
def test_a_report_of_before_is_as_old_as_its_moment(
    session: Session, source: str, seen_at: object
) -> None:
    a_contribution(session, source=source, at=THEN, recorded_at=NOW, seen_at=NOW)

    migrated(session, "0019")
    after = session.scalars(sa.select(Contribution.seen_at)).all()
    migrated(session, "0019", back=True)
    before = session.scalars(sa.select(Contribution.seen_at)).all()

    assert after == [seen_at]
    assert before == [NOW]


def test_time_that_was_reported_before_is_counted_once_its_course_is(
    session: Session, now: datetime
) -> None:
    context, idle = a_context(session), a_context(session)
    ada = a_member(session, of=context)
    for seconds, superseded_at in ((60, None), (90, None), (300, now)):
        spent = a_contribution(session, by=ada, kind="spent", seconds=seconds)
        spent.superseded_at = superseded_at
    a_contribution(session, by=a_member(session, of=idle), kind="launched")

    migrated(session, "0023", back=True)
    migrated(session, "0023")
    asked = session.execute(sa.select(Outbox.job, Outbox.subject_id)).all()
    rebuild(session, context, now)

    assert asked == [(RECOUNT_COURSE, context.id)]
    rows = session.execute(sa.select(Earned.kind, Earned.points, Earned.seconds))
    assert sorted(rows.all()) == [("spent", 0, 60), ("spent", 0, 90)]

    migrated(session, "0023", back=True)
    count = sa.text("SELECT count(*) FROM earned")
    assert session.scalar(count) == 0
    migrated(session, "0023")


def test_of_what_was_read_before_nobody_said_to_believe_more(
    session: Session, now: datetime
) -> None:
    context_id = a_context(session).id
    session.add(SyncState(context_id=context_id, source="roster", attempted_at=now))

    migrated(session, "0024", back=True)
    columns = {
        one["name"]
        for one in sa.inspect(session.connection()).get_columns("sync_state")
    }
    migrated(session, "0024")

    state = session.get_one(SyncState, (context_id, "roster"))
    assert "accepted_at" not in columns
    assert (state.attempted_at, state.accepted_at) == (now, None)


def test_decisions_of_before_are_sealed_once_there_is_a_chain(
    app: OpenAPI, session: Session
) -> None:
    decisions(session, a_tenant(session), "a", "b")

    migrated(session, "0025", back=True)
    gone = sa.inspect(session.connection()).has_table("audit_seal")
    migrated(session, "0025")
    session.commit()
    seal(app)

    assert not gone
    assert chain(session) == [(1, 1), (2, 2)]


def test_a_course_of_before_has_been_given_no_setting(session: Session) -> None:
    course = a_context(session, board_rank="hidden")

    migrated(session, "0026", back=True)
    migrated(session, "0026")

    assert (course.given_settings, course.board_rank) == ({}, "hidden")


def test_words_for_kinds_that_had_none_go_with_them(
    session: Session, now: datetime
) -> None:
    context = a_context(session)
    for kind in ("award", "level"):
        save_messages(session, context, {kind: "Well done."}, now)

    migrated(session, "0027", back=True)
    kept = session.scalars(sa.text("SELECT kind FROM message_template")).all()
    migrated(session, "0027")
    save_messages(session, context, {"level": "Hooray."}, now)

    assert kept == ["award"]
    rows = sa.select(MessageTemplate.kind, MessageTemplate.text)
    found = session.execute(rows.order_by(MessageTemplate.id)).all()
    assert found == [("award", "Well done."), ("level", "Hooray.")]
    twice = sa.text(
        "INSERT INTO message_template (context_id, kind, version, text, created_at) "
        "SELECT context_id, kind, 2, text, created_at FROM message_template"
    )
    with pytest.raises(sa.exc.IntegrityError):
        session.execute(twice)
