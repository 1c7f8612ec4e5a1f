from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Identified


class ItemSet(Identified, Base):
    """Items of a course that belong together, such as a module; rules name its key."""

    __tablename__ = "item_set"
    __table_args__ = (
        sa.UniqueConstraint("context_id", "key"),
        sa.UniqueConstraint("id", "context_id"),
        sa.CheckConstraint("kind IN ('module', 'section')", name="kind"),
    )

    context_id: Mapped[int] = mapped_column(sa.ForeignKey("context.id"))
    key: Mapped[str] = mapped_column(sa.String(128))
    kind: Mapped[str] = mapped_column(sa.String(16))
    label: Mapped[str] = mapped_column(sa.String(255))
    source: Mapped[str] = mapped_column(sa.String(32))
    """Who tells what is in it; nobody else does."""
    position: Mapped[int] = mapped_column(default=0)
    gone_at: Mapped[datetime | None]
    """When its source told it no more; its key may be taken by another one."""


class ItemInSet(Base):
    """That an item is in a set now."""

    __tablename__ = "item_in_set"
    __table_args__ = (
        sa.ForeignKeyConstraint(
            ["item_set_id", "context_id"], ["item_set.id", "item_set.context_id"]
        ),
        sa.ForeignKeyConstraint(
            ["item_id", "context_id"], ["item.id", "item.context_id"]
        ),
    )

    item_set_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    item_id: Mapped[int] = mapped_column(
        primary_key=True, autoincrement=False, index=True
    )
    context_id: Mapped[int]
    position: Mapped[int]
