"""Whether a course reports any time is told by an index that holds nothing else."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

SPENT = sa.text("kind = 'spent'")


def upgrade() -> None:
    op.create_index(
        *("ix_earned_spent", "earned", ["context_id", "kind"]),
        postgresql_where=SPENT,
        sqlite_where=SPENT,
    )


def downgrade() -> None:
    op.drop_index("ix_earned_spent", table_name="earned")
