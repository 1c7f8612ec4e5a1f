from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, Identified, Public
from models.platform import Registration, Tenant


class Context(Public, Base):
    """A course of a platform, with its switches and what we may call for it."""

    __tablename__ = "context"
    __table_args__ = (
        sa.UniqueConstraint("registration_id", "lti_id"),
        sa.CheckConstraint(
            "board_identity IN ('alias', 'name')", name="board_identity"
        ),
        sa.CheckConstraint(
            "board_rank IN ('absolute', 'relative', 'hidden')", name="board_rank"
        ),
        sa.CheckConstraint(
            "board_participation IN ('opt_in', 'opt_out', 'all')",
            name="board_participation",
        ),
    )

    tenant_id: Mapped[int] = mapped_column(sa.ForeignKey("tenant.id"), index=True)
    registration_id: Mapped[int] = mapped_column(sa.ForeignKey("registration.id"))
    deployment_id: Mapped[int] = mapped_column(sa.ForeignKey("deployment.id"))
    lti_id: Mapped[str] = mapped_column(sa.String(255))
    title: Mapped[str] = mapped_column(sa.String(255), default="")
    label: Mapped[str] = mapped_column(sa.String(255), default="")
    time_zone: Mapped[str | None] = mapped_column(sa.String(64))
    """An IANA name; empty means the tenant's."""
    next_time_zone: Mapped[str | None] = mapped_column(sa.String(64))
    """The one that was chosen; it takes effect when the course is counted anew."""
    term_start: Mapped[date | None]
    term_end: Mapped[date | None]
    ranked_from: Mapped[date | None]
    """The term that standings are counted by; its dates are those above as soon as
    the course was counted anew."""
    ranked_to: Mapped[date | None]
    ranked_since: Mapped[date | None]
    """The day on which it was counted by these dates for the first time."""
    frozen_through: Mapped[date | None]
    """The standings of a period that ended by this day stay as they are."""

    enabled: Mapped[bool] = mapped_column(default=False)
    board_enabled: Mapped[bool] = mapped_column(default=False)
    board_identity: Mapped[str] = mapped_column(sa.String(8), default="alias")
    board_rank: Mapped[str] = mapped_column(sa.String(8), default="absolute")
    board_neighbours: Mapped[int] = mapped_column(default=2)
    board_top: Mapped[int] = mapped_column(default=3)
    board_participation: Mapped[str] = mapped_column(sa.String(8), default="opt_in")
    board_minimum: Mapped[int] = mapped_column(default=0)
    """The whole points of a period from which on one is listed on its board."""
    board_lists: Mapped[bool] = mapped_column(default=False)
    """Whether there are lists beside it: who improves, who is steady, teams."""
    board_leagues: Mapped[bool] = mapped_column(default=False)
    """Whether a week's board is that of one's league: of people with like points."""
    board_shown_at: Mapped[datetime | None]
    """When the others' rows of a board were brought up to date last; empty
    where everybody reads the board as it is."""

    given_settings: Mapped[dict[str, Any]] = mapped_column(
        default=dict, server_default="{}"
    )
    """What the organisation gave of these settings, by their names; so a course that
    decided something itself can be told from one that follows."""

    level_base: Mapped[int] = mapped_column(default=20, server_default="20")
    """How many points the first level takes."""
    level_growth: Mapped[int] = mapped_column(default=150, server_default="150")
    """What each level takes, in per cent of the one before."""

    memberships_url: Mapped[str | None] = mapped_column(sa.String(2048))
    lineitems_url: Mapped[str | None] = mapped_column(sa.String(2048))
    ags_scopes: Mapped[list[str]] = mapped_column(default=list)
    catalog_digest: Mapped[str] = mapped_column(sa.String(64), default="")
    """The catalog whose badges this course has; a new digest means new versions."""
    created_at: Mapped[datetime]
    last_launch_at: Mapped[datetime | None]

    tenant: Mapped[Tenant] = relationship()
    registration: Mapped[Registration] = relationship()

    @property
    def zone(self) -> str:
        """The IANA name of the zone whose days count in this course."""
        return self.time_zone or self.tenant.time_zone

    @property
    def ranked_term(self) -> tuple[date | None, date | None]:
        """The first and the last day of the term that standings are counted by."""
        return self.ranked_from, self.ranked_to

    @property
    def has_ranked_term(self) -> bool:
        """Whether there is a term, and standings are counted by its dates already."""
        chosen = (self.term_start, self.term_end)
        return None not in chosen and chosen == self.ranked_term

    @property
    def chosen_zone(self) -> str:
        """The zone whose days count now, or as soon as they are counted anew."""
        return self.next_time_zone or self.zone


class ResourceLink(Identified, Base):
    """One placement of the tool in a course."""

    __tablename__ = "resource_link"
    __table_args__ = (sa.UniqueConstraint("context_id", "lti_id"),)

    context_id: Mapped[int] = mapped_column(sa.ForeignKey("context.id"))
    lti_id: Mapped[str] = mapped_column(sa.String(255))
    title: Mapped[str] = mapped_column(sa.String(255), default="")


class User(Public, Base):
    """A person of a tenant, without a name: what they are called is a course's word."""

    __tablename__ = "user"

    tenant_id: Mapped[int] = mapped_column(sa.ForeignKey("tenant.id"), index=True)
    created_at: Mapped[datetime]


class UserIdentity(Identified, Base):
    """The name under which a platform knows a person: its `sub`."""

    __tablename__ = "user_identity"
    __table_args__ = (sa.UniqueConstraint("registration_id", "sub"),)

    registration_id: Mapped[int] = mapped_column(sa.ForeignKey("registration.id"))
    sub: Mapped[str] = mapped_column(sa.String(255))
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id"), index=True)

    user: Mapped[User] = relationship()


STAFF = ("assistant", "instructor", "admin")
"""The roles of those who look after a course; they are never ranked."""
OPERATOR = "operator"
"""Who runs Laurel: in no course, and with a shell for all of them."""


class Membership(Identified, Base):
    """A person in a course."""

    __tablename__ = "membership"
    __table_args__ = (
        sa.UniqueConstraint("context_id", "user_id"),
        sa.UniqueConstraint("id", "context_id"),
        sa.Index(
            "uq_membership_alias",
            "context_id",
            "alias",
            unique=True,
            postgresql_where=sa.text("alias <> ''"),
            sqlite_where=sa.text("alias <> ''"),
        ),
        sa.CheckConstraint("status IN ('active', 'left')", name="status"),
    )

    context_id: Mapped[int] = mapped_column(sa.ForeignKey("context.id"))
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id"), index=True)
    name: Mapped[str] = mapped_column(sa.String(255), default="")
    """As the platform gives it in this course; empty where it gives none."""
    role: Mapped[str] = mapped_column(sa.String(16), default="learner")
    """`learner`, `assistant`, `instructor`, `admin`, `observer` or `test`."""
    status: Mapped[str] = mapped_column(sa.String(8), default="active")
    alias: Mapped[str] = mapped_column(sa.String(64), default="")
    board_consent: Mapped[bool | None]
    """The learner's own word on the board: joined, left, or not asked yet."""
    name_consent: Mapped[bool | None]
    """The learner's own word on their name being read there: another question."""
    leagues_left_at: Mapped[datetime | None]
    """Since when they want no league, but the board of the whole course."""
    staff_seen_at: Mapped[datetime | None]
    """When a source last called this person staff; they stay so for 30 days."""
    first_seen_at: Mapped[datetime]
    left_at: Mapped[datetime | None]

    context: Mapped[Context] = relationship()
    user: Mapped[User] = relationship()


class Item(Public, Base):
    """Something in a course that can be completed or graded."""

    __tablename__ = "item"
    __table_args__ = (
        sa.UniqueConstraint("context_id", "key"),
        sa.Index("uq_item_id_context_id", "id", "context_id", unique=True),
    )

    context_id: Mapped[int] = mapped_column(sa.ForeignKey("context.id"))
    key: Mapped[str] = mapped_column(sa.String(128))
    label: Mapped[str] = mapped_column(sa.String(255))
    type: Mapped[str] = mapped_column(sa.String(32), default="", server_default="")
    """What its source calls its kind, such as `quiz`; AGS has no word for it."""
    resource_id: Mapped[str] = mapped_column(
        sa.String(255), default="", server_default=""
    )
    """What we named it at the platform, which stays when the course is copied."""
    position: Mapped[int] = mapped_column(default=0)
    maximum: Mapped[int | None]
    """Full marks, in millionths of a point."""
    gone_at: Mapped[datetime | None]
    """When the platform stopped listing it; its facts stay."""


class ItemSource(Identified, Base):
    """Where an item comes from: the same item may be known to several sources."""

    __tablename__ = "item_source"
    __table_args__ = (sa.UniqueConstraint("context_id", "source", "external_id"),)

    context_id: Mapped[int] = mapped_column(sa.ForeignKey("context.id"))
    item_id: Mapped[int] = mapped_column(sa.ForeignKey("item.id"), index=True)
    source: Mapped[str] = mapped_column(sa.String(32))
    external_id: Mapped[str] = mapped_column(sa.String(1024))
    """For AGS: the line item's URL, never made by us."""
