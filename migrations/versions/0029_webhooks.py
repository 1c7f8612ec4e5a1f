"""Webhooks: other programs that are told of awards, and what they are told."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
WAITING = sa.text("state = 'waiting'")


def upgrade() -> None:
    _create_webhooks()
    _create_deliveries()
    for columns in (["webhook_id", "id"], ["created_at"]):
        name = op.f(f"ix_delivery_{'_'.join(columns)}")
        op.create_index(name, "delivery", columns, unique=False)
    op.create_index(
        "ix_delivery_due",
        "delivery",
        ["webhook_id", "next_attempt_at"],
        unique=False,
        postgresql_where=WAITING,
        sqlite_where=WAITING,
    )


def _create_webhooks() -> None:
    op.create_table(
        "outbound_webhook",
        sa.Column("tenant_id", ID, nullable=False),
        sa.Column("url", sa.String(length=1024), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("kinds", sa.JSON(), nullable=False),
        sa.Column("internal_hosts", sa.JSON(), nullable=False),
        sa.Column("created_by", sa.String(length=22), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("disabled_at", MOMENT, nullable=True),
        sa.Column("disabled_why", sa.String(length=255), nullable=True),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id"],
            ["tenant.id"],
            name=op.f("fk_outbound_webhook_tenant_id_tenant"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbound_webhook")),
        sa.UniqueConstraint("public_id", name=op.f("uq_outbound_webhook_public_id")),
    )
    op.create_index(
        op.f("ix_outbound_webhook_tenant_id"),
        "outbound_webhook",
        ["tenant_id"],
        unique=False,
    )


def _create_deliveries() -> None:
    op.create_table(
        "delivery",
        sa.Column("webhook_id", ID, nullable=False),
        sa.Column("context_id", ID, nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("occurred_at", MOMENT, nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("attempts", ID, nullable=False),
        sa.Column("next_attempt_at", MOMENT, nullable=True),
        sa.Column("status", ID, nullable=True),
        sa.Column("reason", sa.String(length=255), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("delivered_at", MOMENT, nullable=True),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.CheckConstraint(
            "state IN ('waiting', 'done', 'dead')", name=op.f("ck_delivery_state")
        ),
        sa.ForeignKeyConstraint(
            ["webhook_id"],
            ["outbound_webhook.id"],
            name=op.f("fk_delivery_webhook_id_outbound_webhook"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["context_id"], ["context.id"], name=op.f("fk_delivery_context_id_context")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery")),
        sa.UniqueConstraint("public_id", name=op.f("uq_delivery_public_id")),
        sa.UniqueConstraint(
            "webhook_id", "key", name=op.f("uq_delivery_webhook_id_key")
        ),
        sqlite_autoincrement=True,
    )


def downgrade() -> None:
    op.drop_table("delivery")
    op.drop_table("outbound_webhook")
