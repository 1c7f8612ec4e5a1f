"""Merges of people and what they changed; words of consent; aliases given back."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "person_merge",
        *_ids("tenant_id", "kept_id", "merged_id"),
        sa.Column("merged_by", sa.String(length=22), nullable=False),
        sa.Column("merged_at", MOMENT, nullable=False),
        sa.Column("reversed_at", MOMENT, nullable=True),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        _owner("person_merge", "tenant_id", "tenant"),
        _owner("person_merge", "kept_id", "user"),
        _owner("person_merge", "merged_id", "user"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_merge")),
        sa.UniqueConstraint("public_id", name=op.f("uq_person_merge_public_id")),
    )
    op.create_table(
        "merge_step",
        *_ids("merge_id", "row_id"),
        sa.Column("context_id", ID, nullable=True),
        sa.Column("table", sa.String(length=64), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("after", sa.JSON(), nullable=False),
        _owner("merge_step", "merge_id", "person_merge"),
        _owner("merge_step", "context_id", "context"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_merge_step")),
    )
    _of_members(
        "consent_entry",
        sa.Column("subject", sa.String(length=8), nullable=False),
        sa.Column("given", sa.Boolean(), nullable=False),
        sa.Column("decided_at", MOMENT, nullable=False),
        sa.CheckConstraint(
            "subject IN ('board', 'name')", name=op.f("ck_consent_entry_subject")
        ),
    )
    _of_members(
        "former_alias",
        sa.Column("alias", sa.String(length=64), nullable=False),
        sa.Column("given_back_at", MOMENT, nullable=False),
    )
    for table, columns in (
        ("person_merge", ["tenant_id"]),
        ("person_merge", ["kept_id"]),
        ("person_merge", ["merged_id"]),
        ("merge_step", ["merge_id"]),
        ("consent_entry", ["context_id"]),
        ("consent_entry", ["membership_id", "decided_at"]),
        ("former_alias", ["context_id", "alias"]),
        ("former_alias", ["membership_id"]),
        ("former_alias", ["given_back_at"]),
    ):
        name = op.f(f"ix_{table}_{'_'.join(columns)}")
        op.create_index(name, table, columns, unique=False)


def _of_members(table: str, *parts: sa.schema.SchemaItem) -> None:
    op.create_table(
        table,
        *_ids("context_id", "membership_id"),
        *parts,
        _owner(table, "context_id", "context"),
        _owner(table, "membership_id", "membership"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )


def _ids(*names: str) -> list[sa.Column[int]]:
    return [sa.Column(name, ID, nullable=False) for name in ("id", *names)]


def _owner(table: str, column: str, owner: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], [f"{owner}.id"], name=op.f(f"fk_{table}_{column}_{owner}")
    )


def downgrade() -> None:
    for table in ("former_alias", "consent_entry", "merge_step", "person_merge"):
        op.drop_table(table)
