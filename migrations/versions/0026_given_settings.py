"""What an organisation gave of a course's settings."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    given = sa.Column("given_settings", sa.JSON(), nullable=False, server_default="{}")
    op.add_column("context", given)


def downgrade() -> None:
    # Not in a batch: SQLite would copy the table.
    op.drop_column("context", "given_settings")
