"""By learner: what a batch asks for is found without reading the whole course."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

OVER = sa.text("ended_at IS NOT NULL")
TABLES = ("standing", "shown_standing")
BY_LEARNER = ["context_id", "membership_id", "period"]
BY_PERIOD = ["context_id", "period", "membership_id"]


def upgrade() -> None:
    _key(BY_LEARNER)
    _over(["context_id", "ended_at"])


def downgrade() -> None:
    _over(["context_id"])
    _key(BY_PERIOD)


def _key(columns: list[str]) -> None:
    for table in TABLES:
        name = op.f(f"pk_{table}")
        with op.batch_alter_table(table) as changed:
            changed.drop_constraint(name, type_="primary")
            changed.create_primary_key(name, columns)


def _over(columns: list[str]) -> None:
    op.drop_index("ix_award_over", table_name="award")
    op.create_index(
        *("ix_award_over", "award", columns),
        postgresql_where=OVER,
        sqlite_where=OVER,
    )
