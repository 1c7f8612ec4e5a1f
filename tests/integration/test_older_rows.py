"""What a migration does to the rows that are there."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from sqlalchemy.orm import Session

from config import ROOT
from models import Contribution
from tests.factories import a_contribution
from tests.support.clock import NOW

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
