"""The time that was spent, where metrics read it."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

SECONDS = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INDEX = "ix_earned_metrics"
BEFORE = ["context_id", "membership_id", "kind", "item_id", "day", "points"]


def upgrade() -> None:
    op.add_column(
        "earned", sa.Column("seconds", SECONDS, server_default="0", nullable=False)
    )
    _index([*BEFORE, "seconds"])
    # Courses to which time was reported get its rows once they are counted anew.
    op.execute(
        sa.text(
            "INSERT INTO outbox (job, subject_id, due_at, created_at) "
            "SELECT DISTINCT 'recount_course', context_id, "
            "CURRENT_TIMESTAMP, CURRENT_TIMESTAMP FROM contribution "
            "WHERE kind = 'spent' AND superseded_at IS NULL "
            "ON CONFLICT DO NOTHING"
        )
    )


def downgrade() -> None:
    op.execute(sa.text("DELETE FROM earned WHERE kind = 'spent'"))
    _index(BEFORE)
    # Not in a batch: SQLite would copy the table.
    op.drop_column("earned", "seconds")


def _index(columns: list[str]) -> None:
    op.drop_index(INDEX, table_name="earned")
    op.create_index(INDEX, "earned", columns)
