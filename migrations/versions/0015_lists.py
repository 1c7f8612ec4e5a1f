"""Lists beside the board: who improves, who is steady, teams."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "context",
        sa.Column(
            "board_lists", sa.Boolean(), server_default=sa.false(), nullable=False
        ),
    )


def downgrade() -> None:
    # Not in a batch: SQLite would copy the table, and the copy gives ids anew.
    op.drop_column("context", "board_lists")
