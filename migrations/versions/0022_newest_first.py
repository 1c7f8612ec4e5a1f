"""By person, and newest first: what is asked of one person reads no more of a course."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

FACTS = "ix_contribution_membership_id_recorded_at"
LISTS = {"contribution": "recorded_at", "award": "granted_at"}
PERSONAL = ("launch_session", "league_place", "published_score")
IN_GROUPS = "ix_group_member_membership_id"
CURRENT = sa.text("valid_to IS NULL")


def upgrade() -> None:
    op.create_index(op.f(FACTS), "contribution", ["membership_id", "recorded_at"])
    for table in PERSONAL:
        op.create_index(op.f(f"ix_{table}_membership_id"), table, ["membership_id"])
    op.drop_index(op.f(IN_GROUPS), table_name="group_member")
    op.create_index(op.f(IN_GROUPS), "group_member", ["membership_id"])
    for table, moment in LISTS.items():
        name = f"ix_{table}_context_id_{moment}"
        op.create_index(op.f(f"{name}_id"), table, ["context_id", moment, "id"])
        op.drop_index(op.f(name), table_name=table)


def downgrade() -> None:
    for table, moment in LISTS.items():
        name = f"ix_{table}_context_id_{moment}"
        op.create_index(op.f(name), table, ["context_id", moment])
        op.drop_index(op.f(f"{name}_id"), table_name=table)
    op.drop_index(op.f(IN_GROUPS), table_name="group_member")
    op.create_index(
        *(op.f(IN_GROUPS), "group_member", ["membership_id"]),
        postgresql_where=CURRENT,
        sqlite_where=CURRENT,
    )
    for table in PERSONAL:
        op.drop_index(op.f(f"ix_{table}_membership_id"), table_name=table)
    op.drop_index(op.f(FACTS), table_name="contribution")
