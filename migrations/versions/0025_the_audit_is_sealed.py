"""Seals: each decision's place in the audit's chain."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
DIGEST = sa.String(length=64)


def upgrade() -> None:
    op.create_table(
        "audit_seal",
        sa.Column("entry_id", ID, nullable=False),
        sa.Column("position", ID, nullable=False),
        sa.Column("previous", DIGEST, nullable=False),
        sa.Column("salt", sa.String(length=32), nullable=True),
        sa.Column("details_digest", DIGEST, nullable=False),
        sa.Column("entry_digest", DIGEST, nullable=False),
        sa.Column("digest", DIGEST, nullable=False),
        sa.Column("sealed_at", MOMENT, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id"],
            ["audit_entry.id"],
            name=op.f("fk_audit_seal_entry_id_audit_entry"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_seal")),
        sa.UniqueConstraint("entry_id", name=op.f("uq_audit_seal_entry_id")),
        sa.UniqueConstraint("position", name=op.f("uq_audit_seal_position")),
    )


def downgrade() -> None:
    op.drop_table("audit_seal")
