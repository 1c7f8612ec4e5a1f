"""A course's own badges: held ones, other programs' texts, and what is told to nobody."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("badge", sa.Column("held_at", MOMENT, nullable=True))
    op.add_column("badge", sa.Column("source", sa.JSON(), nullable=True))
    for name in ("quiet", "ends_unmet"):
        flag = sa.Column(name, sa.Boolean(), server_default=sa.false(), nullable=False)
        op.add_column("badge_version", flag)


def downgrade() -> None:
    for name in ("ends_unmet", "quiet"):
        op.drop_column("badge_version", name)
    for name in ("source", "held_at"):
        op.drop_column("badge", name)
