"""What was reported is as old as its moment, and not as its arrival."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

LOG = sa.table(
    "contribution",
    *(sa.column("source"), sa.column("occurred_at"), sa.column("recorded_at")),
    sa.column("seen_at"),
)
REPORTED = LOG.c.source.in_(["api", "command"])


def upgrade() -> None:
    # A correction sent with its old moment would be older than what it corrects.
    late = LOG.c.seen_at > LOG.c.occurred_at
    op.execute(sa.update(LOG).where(REPORTED, late).values(seen_at=LOG.c.occurred_at))


def downgrade() -> None:
    op.execute(sa.update(LOG).where(REPORTED).values(seen_at=LOG.c.recorded_at))
