"""What we send to gradebooks, the rights we have there, and notices of platforms."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "score_item",
        sa.Column("context_id", ID, nullable=False),
        sa.Column("url", sa.String(length=1024), nullable=False),
        sa.Column("label", sa.String(length=255), nullable=False),
        sa.Column("gone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["context_id"],
            ["context.id"],
            name=op.f("fk_score_item_context_id_context"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_score_item")),
        sa.UniqueConstraint(
            "context_id", "url", name=op.f("uq_score_item_context_id_url")
        ),
    )
    op.create_table(
        "published_score",
        sa.Column("context_id", ID, nullable=False),
        sa.Column("score_item_id", ID, nullable=False),
        sa.Column("membership_id", ID, nullable=False),
        sa.Column("given", ID, nullable=False),
        sa.Column("maximum", ID, nullable=False),
        sa.Column("scored_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.CheckConstraint("given >= 0", name=op.f("ck_published_score_given")),
        sa.CheckConstraint("maximum > 0", name=op.f("ck_published_score_maximum")),
        sa.CheckConstraint(
            "state IN ('accepted', 'late', 'refused')",
            name=op.f("ck_published_score_state"),
        ),
        sa.ForeignKeyConstraint(
            ["context_id"],
            ["context.id"],
            name=op.f("fk_published_score_context_id_context"),
        ),
        sa.ForeignKeyConstraint(
            ["membership_id"],
            ["membership.id"],
            name=op.f("fk_published_score_membership_id_membership"),
        ),
        sa.ForeignKeyConstraint(
            ["score_item_id"],
            ["score_item.id"],
            name=op.f("fk_published_score_score_item_id_score_item"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_published_score")),
        sa.UniqueConstraint(
            "score_item_id",
            "membership_id",
            name=op.f("uq_published_score_score_item_id_membership_id"),
        ),
    )
    with op.batch_alter_table("published_score") as batch_op:
        batch_op.create_index(
            batch_op.f("ix_published_score_context_id"), ["context_id"], unique=False
        )
    with op.batch_alter_table("registration") as batch_op:
        batch_op.add_column(sa.Column("granted_scopes", sa.JSON(), nullable=True))
    op.create_table(
        "notice",
        sa.Column("registration_id", ID, nullable=False),
        sa.Column("lti_id", sa.String(length=255), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("deployment_lti_id", sa.String(length=255), nullable=False),
        sa.Column("context_lti_id", sa.String(length=255), nullable=False),
        sa.Column("origins", sa.JSON(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registration.id"],
            name=op.f("fk_notice_registration_id_registration"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
        sa.UniqueConstraint(
            "registration_id", "lti_id", name=op.f("uq_notice_registration_id_lti_id")
        ),
    )
    with op.batch_alter_table("notice") as batch_op:
        batch_op.create_index(
            "ix_notice_registration_id_context_lti_id",
            ["registration_id", "context_lti_id"],
            unique=False,
        )


def downgrade() -> None:
    op.drop_table("notice")
    with op.batch_alter_table("registration") as batch_op:
        batch_op.drop_column("granted_scopes")
    op.drop_table("published_score")
    op.drop_table("score_item")
