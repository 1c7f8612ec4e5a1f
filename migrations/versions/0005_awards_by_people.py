"""Awards by people: who gave and who revoked one, codes, and answers kept."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("badge_version", sa.Column("valid_days", ID, nullable=True))
    for column in (
        sa.Column("origin", sa.String(length=8), server_default="rule", nullable=False),
        sa.Column("ended_by", sa.String(length=22), nullable=True),
        sa.Column("warned_at", MOMENT, nullable=True),
        sa.Column("end_told_at", MOMENT, nullable=True),
    ):
        op.add_column("award", column)
    _codes()
    op.create_table(
        "kept_answer",
        sa.Column("membership_id", ID, nullable=False),
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("asked", sa.String(length=64), nullable=False),
        sa.Column("status", ID, nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("tag", sa.String(length=64), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["membership_id"],
            ["membership.id"],
            name=op.f("fk_kept_answer_membership_id_membership"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kept_answer")),
        sa.UniqueConstraint(
            "membership_id", "key", name=op.f("uq_kept_answer_membership_id_key")
        ),
    )
    op.create_index(
        op.f("ix_kept_answer_created_at"), "kept_answer", ["created_at"], unique=False
    )


def _codes() -> None:
    op.create_table(
        "claim_code",
        sa.Column("context_id", ID, nullable=False),
        sa.Column("badge_id", ID, nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("uses", ID, nullable=False),
        sa.Column("used", ID, nullable=False),
        sa.Column("made_by", sa.String(length=22), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("revoked_at", MOMENT, nullable=True),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.CheckConstraint("used <= uses", name=op.f("ck_claim_code_used")),
        sa.ForeignKeyConstraint(
            ["badge_id"], ["badge.id"], name=op.f("fk_claim_code_badge_id_badge")
        ),
        sa.ForeignKeyConstraint(
            ["context_id"],
            ["context.id"],
            name=op.f("fk_claim_code_context_id_context"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claim_code")),
        sa.UniqueConstraint("public_id", name=op.f("uq_claim_code_public_id")),
        sa.UniqueConstraint(
            "context_id", "code_hash", name=op.f("uq_claim_code_context_id_code_hash")
        ),
    )
    op.create_table(
        "claim_attempt",
        sa.Column("membership_id", ID, nullable=False),
        sa.Column("tried_at", MOMENT, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["membership_id"],
            ["membership.id"],
            name=op.f("fk_claim_attempt_membership_id_membership"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claim_attempt")),
    )
    op.create_index(
        op.f("ix_claim_attempt_membership_id_tried_at"),
        "claim_attempt",
        ["membership_id", "tried_at"],
        unique=False,
    )
    op.create_index(
        op.f("ix_claim_attempt_tried_at"), "claim_attempt", ["tried_at"], unique=False
    )


def downgrade() -> None:
    for table in ("kept_answer", "claim_attempt", "claim_code"):
        op.drop_table(table)
    # Not in a batch: SQLite would copy the table, and the copy gives ids anew.
    for name in ("end_told_at", "warned_at", "ended_by", "origin"):
        op.drop_column("award", name)
    op.drop_column("badge_version", "valid_days")
