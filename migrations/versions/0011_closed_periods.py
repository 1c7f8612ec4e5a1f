"""The term as standings count it, and the line behind which periods stay."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

COLUMNS = ("ranked_from", "ranked_to", "ranked_since", "frozen_through")


def upgrade() -> None:
    for name in COLUMNS:
        op.add_column("context", sa.Column(name, sa.Date(), nullable=True))
    # Courses that have a term get its board once they are counted anew.
    op.execute(
        sa.text(
            "INSERT INTO outbox (job, subject_id, due_at, created_at) "
            "SELECT 'recount_course', id, CURRENT_TIMESTAMP, CURRENT_TIMESTAMP "
            "FROM context WHERE term_start IS NOT NULL AND term_end IS NOT NULL "
            "ON CONFLICT DO NOTHING"
        )
    )


def downgrade() -> None:
    # Not in a batch: SQLite would copy the table, and the copy gives ids anew.
    for name in reversed(COLUMNS):
        op.drop_column("context", name)
