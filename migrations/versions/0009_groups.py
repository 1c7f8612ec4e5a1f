"""Groups of a course's people over time, and the points a board begins at."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
CURRENT = sa.text("valid_to IS NULL")


def upgrade() -> None:
    op.add_column(
        "context",
        sa.Column("board_minimum", ID, server_default="0", nullable=False),
    )
    op.create_table(
        "group",
        sa.Column("context_id", ID, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("external_id", sa.String(length=255), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("gone_at", MOMENT, nullable=True),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.CheckConstraint(
            "kind IN ('department', 'section', 'group', 'team')",
            name=op.f("ck_group_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["context_id"], ["context.id"], name=op.f("fk_group_context_id_context")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_group")),
        sa.UniqueConstraint("public_id", name=op.f("uq_group_public_id")),
        sa.UniqueConstraint(
            "context_id",
            "kind",
            "external_id",
            name=op.f("uq_group_context_id_kind_external_id"),
        ),
        sa.UniqueConstraint("id", "context_id", name=op.f("uq_group_id_context_id")),
    )
    op.create_table(
        "group_member",
        sa.Column("context_id", ID, nullable=False),
        sa.Column("group_id", ID, nullable=False),
        sa.Column("membership_id", ID, nullable=False),
        sa.Column("valid_from", MOMENT, nullable=False),
        sa.Column("valid_to", MOMENT, nullable=True),
        sa.Column("id", ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["group_id", "context_id"],
            ["group.id", "group.context_id"],
            name=op.f("fk_group_member_group_id_context_id_group"),
        ),
        sa.ForeignKeyConstraint(
            ["membership_id", "context_id"],
            ["membership.id", "membership.context_id"],
            name=op.f("fk_group_member_membership_id_context_id_membership"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_group_member")),
    )
    op.create_index(
        "uq_group_member_current",
        "group_member",
        ["group_id", "membership_id"],
        unique=True,
        postgresql_where=CURRENT,
        sqlite_where=CURRENT,
    )
    op.create_index(
        "ix_group_member_membership_id",
        "group_member",
        ["membership_id"],
        postgresql_where=CURRENT,
        sqlite_where=CURRENT,
    )


def downgrade() -> None:
    op.drop_table("group_member")
    op.drop_table("group")
    # Not in a batch: SQLite would copy the table, and the copy gives ids anew.
    op.drop_column("context", "board_minimum")
