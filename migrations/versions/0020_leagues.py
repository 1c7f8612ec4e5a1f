"""Leagues: who is dealt to whom for a week."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column(
        "context",
        sa.Column(
            "board_leagues", sa.Boolean(), server_default=sa.false(), nullable=False
        ),
    )
    op.add_column("membership", sa.Column("leagues_left_at", MOMENT, nullable=True))
    op.create_table(
        "league_draw",
        sa.Column("context_id", ID, nullable=False),
        sa.Column("week", sa.String(length=8), nullable=False),
        sa.Column("has_leagues", sa.Boolean(), nullable=False),
        sa.Column("borders", sa.JSON(), nullable=False),
        sa.Column("drawn_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["context_id"],
            ["context.id"],
            name=op.f("fk_league_draw_context_id_context"),
        ),
        sa.PrimaryKeyConstraint("context_id", "week", name=op.f("pk_league_draw")),
    )
    op.create_table(
        "league_place",
        sa.Column("context_id", ID, autoincrement=False, nullable=False),
        sa.Column("week", sa.String(length=8), nullable=False),
        sa.Column("membership_id", ID, autoincrement=False, nullable=False),
        sa.Column("points", ID, nullable=False),
        sa.Column("league", ID, nullable=True),
        sa.PrimaryKeyConstraint(
            "context_id", "week", "membership_id", name=op.f("pk_league_place")
        ),
    )
    op.create_index(
        op.f("ix_league_place_context_id_week_league_membership_id"),
        "league_place",
        ["context_id", "week", "league", "membership_id"],
        unique=False,
    )


def downgrade() -> None:
    op.drop_table("league_place")
    op.drop_table("league_draw")
    # Not in a batch: SQLite would copy the table, and the copy gives ids anew.
    op.drop_column("membership", "leagues_left_at")
    op.drop_column("context", "board_leagues")
