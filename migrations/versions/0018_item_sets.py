"""Item sets: a course's modules and sections, and which items are in them."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    # An index and no constraint: SQLite would copy the table for one.
    op.create_index("uq_item_id_context_id", "item", ["id", "context_id"], unique=True)
    op.create_table(
        "item_set",
        sa.Column("context_id", ID, nullable=False),
        sa.Column("key", sa.String(length=128), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("label", sa.String(length=255), nullable=False),
        sa.Column("source", sa.String(length=32), nullable=False),
        sa.Column("position", ID, nullable=False),
        sa.Column("gone_at", MOMENT, nullable=True),
        sa.Column("id", ID, nullable=False),
        sa.CheckConstraint(
            "kind IN ('module', 'section')", name=op.f("ck_item_set_kind")
        ),
        sa.ForeignKeyConstraint(
            ["context_id"], ["context.id"], name=op.f("fk_item_set_context_id_context")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_item_set")),
        sa.UniqueConstraint(
            "context_id", "key", name=op.f("uq_item_set_context_id_key")
        ),
        sa.UniqueConstraint("id", "context_id", name=op.f("uq_item_set_id_context_id")),
    )
    op.create_table(
        "item_in_set",
        sa.Column("item_set_id", ID, autoincrement=False, nullable=False),
        sa.Column("item_id", ID, autoincrement=False, nullable=False),
        sa.Column("context_id", ID, nullable=False),
        sa.Column("position", ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["item_set_id", "context_id"],
            ["item_set.id", "item_set.context_id"],
            name=op.f("fk_item_in_set_item_set_id_context_id_item_set"),
        ),
        sa.ForeignKeyConstraint(
            ["item_id", "context_id"],
            ["item.id", "item.context_id"],
            name=op.f("fk_item_in_set_item_id_context_id_item"),
        ),
        sa.PrimaryKeyConstraint("item_set_id", "item_id", name=op.f("pk_item_in_set")),
    )
    op.create_index(op.f("ix_item_in_set_item_id"), "item_in_set", ["item_id"])


def downgrade() -> None:
    op.drop_table("item_in_set")
    op.drop_table("item_set")
    op.drop_index("uq_item_id_context_id", "item")
