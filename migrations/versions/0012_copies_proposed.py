"""Of which course a new one is a copy, until a teacher decides."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "copy_proposal",
        sa.Column("context_id", ID, nullable=False),
        sa.Column("source_id", ID, nullable=False),
        sa.Column("found_by", sa.String(length=8), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.String(length=22), nullable=True),
        sa.Column("id", ID, nullable=False),
        sa.CheckConstraint(
            "state IN ('proposed', 'accepted', 'dismissed')",
            name=op.f("ck_copy_proposal_state"),
        ),
        sa.CheckConstraint(
            "found_by IN ('notice', 'history')", name=op.f("ck_copy_proposal_found_by")
        ),
        sa.ForeignKeyConstraint(
            ["context_id"],
            ["context.id"],
            name=op.f("fk_copy_proposal_context_id_context"),
        ),
        sa.ForeignKeyConstraint(
            ["source_id"],
            ["context.id"],
            name=op.f("fk_copy_proposal_source_id_context"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_copy_proposal")),
        sa.UniqueConstraint("context_id", name=op.f("uq_copy_proposal_context_id")),
    )
    op.create_index(
        op.f("ix_copy_proposal_source_id"), "copy_proposal", ["source_id"], unique=False
    )


def downgrade() -> None:
    op.drop_table("copy_proposal")
