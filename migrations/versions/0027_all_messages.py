"""Every kind of news may be told in a course's own words."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

BEFORE = "kind IN ('award', 'milestone', 'expiring')"
UNKNOWN_BEFORE = (
    "DELETE FROM message_template WHERE kind NOT IN ('award', 'milestone', 'expiring')"
)
KINDS = (
    "kind IN ('award', 'milestone', 'expiring', 'expired', 'revoked', 'lifted', "
    "'renewed', 'level', 'personal_best')"
)
IN_FORCE = sa.text("retired_at IS NULL")


def upgrade() -> None:
    _check(KINDS)


def downgrade() -> None:
    op.execute(sa.text(UNKNOWN_BEFORE))
    _check(BEFORE)


def _check(kinds: str) -> None:
    name, index = op.f("ck_message_template_kind"), "uq_message_template_active"
    # SQLite copies the table, and the copy's index would not be partial.
    op.drop_index(index, table_name="message_template")
    with op.batch_alter_table("message_template") as table:
        table.drop_constraint(name, type_="check")
        table.create_check_constraint(name, kinds)
    op.create_index(
        *(index, "message_template", ["context_id", "kind"]),
        unique=True,
        postgresql_where=IN_FORCE,
        sqlite_where=IN_FORCE,
    )
