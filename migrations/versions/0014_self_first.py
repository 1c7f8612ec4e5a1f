"""Milestones, personal bests, free weeks and levels; experiments."""

from datetime import date

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
TABLES = (
    "exposure",
    "variant_assignment",
    "variant",
    "experiment",
    "personal_best",
    "milestone_reached",
    "free_week",
    "excused_period",
    "calendar_break",
)


def upgrade() -> None:
    for name, default in (("level_base", "20"), ("level_growth", "150")):
        column = sa.Column(name, ID, server_default=default, nullable=False)
        op.add_column("context", column)
    _calendars()
    _progress()
    _experiments()


def _calendars() -> None:
    _table(
        "calendar_break",
        sa.Column("name", sa.String(length=100), nullable=False),
        *_days(),
        _check("calendar_break", "days", "first_day <= last_day"),
        owners=("context",),
    )
    _table(
        "excused_period",
        *_days(),
        sa.Column("made_by", sa.String(length=22), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        _check("excused_period", "days", "first_day <= last_day"),
        owners=("context", "membership"),
    )
    for table, columns in (
        ("calendar_break", ["context_id"]),
        ("excused_period", ["context_id"]),
        ("excused_period", ["membership_id", "first_day"]),
    ):
        _index(table, columns)
    op.create_table(
        "free_week",
        *(_key(name) for name in ("context_id", "membership_id", "week")),
        sa.PrimaryKeyConstraint(
            "context_id", "membership_id", "week", name=op.f("pk_free_week")
        ),
    )


def _days() -> list[sa.Column[date]]:
    return [
        sa.Column(name, sa.Date(), nullable=False) for name in ("first_day", "last_day")
    ]


def _progress() -> None:
    _table(
        "milestone_reached",
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("value", ID, nullable=False),
        sa.Column("reached_at", MOMENT, nullable=False),
        _check("milestone_reached", "kind", "kind IN ('points', 'share', 'level')"),
        sa.UniqueConstraint(
            *("membership_id", "kind", "value"),
            name=op.f("uq_milestone_reached_membership_id_kind_value"),
        ),
        owners=("context", "membership"),
    )
    _index("milestone_reached", ["context_id"])
    op.create_table(
        "personal_best",
        _key("context_id"),
        _key("membership_id"),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("value", ID, nullable=False),
        sa.Column("maximum", ID, nullable=False),
        sa.Column("place", sa.String(length=32), nullable=False),
        _check("personal_best", "kind", "kind IN ('week', 'result', 'run')"),
        sa.PrimaryKeyConstraint(
            "context_id", "membership_id", "kind", name=op.f("pk_personal_best")
        ),
    )


def _experiments() -> None:
    _table(
        "experiment",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("salt", sa.String(length=32), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        _check("experiment", "kind", "kind IN ('board_form', 'badge_set', 'messages')"),
        _check("experiment", "state", "state IN ('off', 'on', 'ended')"),
        sa.UniqueConstraint(
            "context_id", "key", name=op.f("uq_experiment_context_id_key")
        ),
        owners=("context",),
    )
    _table(
        "variant",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("weight", ID, nullable=False),
        _check("variant", "weight", "weight >= 0"),
        sa.UniqueConstraint(
            "experiment_id", "key", name=op.f("uq_variant_experiment_id_key")
        ),
        owners=("context", "experiment"),
    )
    _index("variant", ["context_id"])
    for table, told, key in (
        ("variant_assignment", sa.Column("assigned_at", MOMENT, nullable=False), ()),
        ("exposure", sa.Column("day", sa.Date(), nullable=False), ("day",)),
    ):
        op.create_table(
            table,
            *(_key(name) for name in ("experiment_id", "membership_id", "context_id")),
            sa.Column("variant", sa.String(length=64), nullable=False),
            told,
            *(_owner(table, one) for one in ("context", "experiment", "membership")),
            sa.PrimaryKeyConstraint(
                *("experiment_id", "membership_id", *key), name=op.f(f"pk_{table}")
            ),
        )
        _index(table, ["context_id"])


def _table(table: str, *parts: sa.schema.SchemaItem, owners: tuple[str, ...]) -> None:
    op.create_table(
        table,
        sa.Column("id", ID, nullable=False),
        *(sa.Column(f"{owner}_id", ID, nullable=False) for owner in owners),
        *parts,
        *(_owner(table, owner) for owner in owners),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )


def _key(name: str) -> sa.Column[int]:
    return sa.Column(name, ID, autoincrement=False, nullable=False)


def _owner(table: str, owner: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [f"{owner}_id"], [f"{owner}.id"], name=op.f(f"fk_{table}_{owner}_id_{owner}")
    )


def _check(table: str, name: str, text: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(text, name=op.f(f"ck_{table}_{name}"))


def _index(table: str, columns: list[str]) -> None:
    name = op.f(f"ix_{table}_{'_'.join(columns)}")
    op.create_index(name, table, columns, unique=False)


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table)
    # Not in a batch: SQLite would copy the table.
    for name in ("level_growth", "level_base"):
        op.drop_column("context", name)
