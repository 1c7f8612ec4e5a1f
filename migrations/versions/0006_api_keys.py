"""API keys, and answers that are kept for them."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "api_key",
        sa.Column("tenant_id", ID, nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("key_hash", sa.String(length=64), nullable=False),
        sa.Column("permissions", sa.JSON(), nullable=False),
        sa.Column("created_by", sa.String(length=22), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("last_used_at", MOMENT, nullable=True),
        sa.Column("revoked_at", MOMENT, nullable=True),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenant.id"], name=op.f("fk_api_key_tenant_id_tenant")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_key")),
        sa.UniqueConstraint("key_hash", name=op.f("uq_api_key_key_hash")),
        sa.UniqueConstraint("public_id", name=op.f("uq_api_key_public_id")),
    )
    op.create_index(
        op.f("ix_api_key_tenant_id"), "api_key", ["tenant_id"], unique=False
    )
    # Its ids tell no order, so SQLite may copy it.
    with op.batch_alter_table("kept_answer") as table:
        table.alter_column("membership_id", existing_type=ID, nullable=True)
        table.add_column(sa.Column("api_key_id", ID, nullable=True))
        table.create_foreign_key(
            op.f("fk_kept_answer_api_key_id_api_key"), "api_key", ["api_key_id"], ["id"]
        )
        table.create_unique_constraint(
            op.f("uq_kept_answer_api_key_id_key"), ["api_key_id", "key"]
        )
        table.create_check_constraint(
            op.f("ck_kept_answer_caller"),
            "(membership_id IS NULL) <> (api_key_id IS NULL)",
        )


def downgrade() -> None:
    op.execute("DELETE FROM kept_answer WHERE membership_id IS NULL")
    with op.batch_alter_table("kept_answer") as table:
        table.drop_constraint(op.f("ck_kept_answer_caller"), type_="check")
        table.drop_constraint(op.f("uq_kept_answer_api_key_id_key"), type_="unique")
        table.drop_constraint(
            op.f("fk_kept_answer_api_key_id_api_key"), type_="foreignkey"
        )
        table.drop_column("api_key_id")
        table.alter_column("membership_id", existing_type=ID, nullable=False)
    op.drop_table("api_key")
