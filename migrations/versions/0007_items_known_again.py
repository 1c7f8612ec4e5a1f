"""What an item is called by us and what it is, by which a copied course knows it."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name, longest in (("type", 32), ("resource_id", 255)):
        column = sa.Column(
            name, sa.String(length=longest), server_default="", nullable=False
        )
        op.add_column("item", column)


def downgrade() -> None:
    # Not in a batch: SQLite would copy the table.
    for name in ("resource_id", "type"):
        op.drop_column("item", name)
