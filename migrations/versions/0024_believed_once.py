"""When a human said to believe a source's next reading."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("sync_state", sa.Column("accepted_at", MOMENT, nullable=True))


def downgrade() -> None:
    # Not in a batch: SQLite would copy the table.
    op.drop_column("sync_state", "accepted_at")
