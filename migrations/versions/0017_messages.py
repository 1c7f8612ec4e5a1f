"""Messages: what a course says to its learners, version by version."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
IN_FORCE = sa.text("retired_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "message_template",
        sa.Column("context_id", ID, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("version", ID, nullable=False),
        sa.Column("text", sa.String(length=300), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("retired_at", MOMENT, nullable=True),
        sa.Column("id", ID, nullable=False),
        sa.CheckConstraint(
            "kind IN ('award', 'milestone', 'expiring')",
            name=op.f("ck_message_template_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["context_id"],
            ["context.id"],
            name=op.f("fk_message_template_context_id_context"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message_template")),
        sa.UniqueConstraint(
            *("context_id", "kind", "version"),
            name=op.f("uq_message_template_context_id_kind_version"),
        ),
    )
    op.create_index(
        "uq_message_template_active",
        "message_template",
        ["context_id", "kind"],
        unique=True,
        postgresql_where=IN_FORCE,
        sqlite_where=IN_FORCE,
    )


def downgrade() -> None:
    op.drop_table("message_template")
