"""The rows of aliased boards as the others read them: a batch behind."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
WAITING = sa.text("is_waiting")


def upgrade() -> None:
    op.add_column("context", sa.Column("board_shown_at", MOMENT, nullable=True))
    op.create_table(
        "shown_standing",
        sa.Column("context_id", ID, autoincrement=False, nullable=False),
        sa.Column("period", sa.String(length=16), nullable=False),
        sa.Column("membership_id", ID, autoincrement=False, nullable=False),
        sa.Column("points", ID, nullable=True),
        sa.Column("completed", ID, nullable=False),
        sa.Column("badges", ID, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=True),
        sa.Column("is_waiting", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint(
            "context_id", "period", "membership_id", name=op.f("pk_shown_standing")
        ),
    )
    op.create_index(
        op.f("ix_shown_standing_context_id_period_points_membership_id"),
        "shown_standing",
        ["context_id", "period", "points", "membership_id"],
        unique=False,
    )
    op.create_index(
        "ix_shown_standing_waiting",
        "shown_standing",
        ["context_id", "period"],
        unique=False,
        postgresql_where=WAITING,
        sqlite_where=WAITING,
    )


def downgrade() -> None:
    op.drop_table("shown_standing")
    # Not in a batch: SQLite would copy the table, and the copy gives ids anew.
    op.drop_column("context", "board_shown_at")
