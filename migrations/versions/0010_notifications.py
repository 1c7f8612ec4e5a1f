"""Notifications: one row for each change that a member is told of."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
KIND = (
    "kind IN ('award', 'milestone', 'expiring', 'expired', 'revoked', 'lifted', "
    "'renewed', 'level', 'personal_best')"
)


def upgrade() -> None:
    op.create_table(
        "notification",
        sa.Column("context_id", ID, nullable=False),
        sa.Column("membership_id", ID, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("bundle", sa.String(length=64), nullable=False),
        sa.Column("subject", sa.JSON(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("seen_at", MOMENT, nullable=True),
        sa.Column("id", ID, nullable=False),
        sa.CheckConstraint(KIND, name=op.f("ck_notification_kind")),
        *_owners("notification"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notification")),
        sa.UniqueConstraint(
            "membership_id", "key", name=op.f("uq_notification_membership_id_key")
        ),
        sqlite_autoincrement=True,
    )
    for columns in (["context_id"], ["created_at"], ["membership_id", "bundle"]):
        name = op.f(f"ix_notification_{'_'.join(columns)}")
        op.create_index(name, "notification", columns, unique=False)
    op.create_table(
        "notification_preference",
        sa.Column("context_id", ID, nullable=False),
        sa.Column("membership_id", ID, autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.CheckConstraint(KIND, name=op.f("ck_notification_preference_kind")),
        *_owners("notification_preference"),
        sa.PrimaryKeyConstraint(
            "membership_id", "kind", name=op.f("pk_notification_preference")
        ),
    )


def _owners(table: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint(
            [f"{owner}_id"],
            [f"{owner}.id"],
            name=op.f(f"fk_{table}_{owner}_id_{owner}"),
        )
        for owner in ("context", "membership")
    ]


def downgrade() -> None:
    op.drop_table("notification_preference")
    op.drop_table("notification")
