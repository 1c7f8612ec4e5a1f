import secrets
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, registry
from sqlalchemy.types import TypeDecorator


class UTCDateTime(TypeDecorator[datetime]):
    """A moment in UTC: aware in, aware out, on both databases.

    Raises ValueError for a naive datetime: it does not say which moment it means.
    """

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(
        self,
        value: datetime | None,
        dialect: sa.Dialect,  # noqa: ARG002 -- SQLAlchemy's signature
    ) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("A moment needs a time zone.")
        return value.astimezone(UTC)

    def process_result_value(
        self,
        value: datetime | None,
        dialect: sa.Dialect,  # noqa: ARG002 -- SQLAlchemy's signature
    ) -> datetime | None:
        # SQLite hands back naive values: it stores what it was given, in UTC.
        return value if value is None or value.tzinfo else value.replace(tzinfo=UTC)


# SQLite counts only INTEGER keys up by itself.
BigKey = sa.BigInteger().with_variant(sa.Integer, "sqlite")


NAMES = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Base(DeclarativeBase):
    """Every table's base: named constraints, UTC moments, 64-bit integers."""

    # On the registry, not on the class: Flask-SQLAlchemy copies the class's body.
    registry = registry(
        metadata=NAMES,
        type_annotation_map={
            datetime: UTCDateTime,
            int: BigKey,
            list[str]: sa.JSON,
            dict[str, Any]: sa.JSON,
        },
    )


NEVER_AGAIN = {"sqlite_autoincrement": True}
"""For tables whose ids say what came later: SQLite would give the last one's anew."""


class Identified:
    """A row the application names by number."""

    id: Mapped[int] = mapped_column(primary_key=True)


class Public(Identified):
    """A row whose name leaves the house: an opaque id that tells nothing.

    Hexadecimal: a leading dash would be an option on a command line.
    """

    public_id: Mapped[str] = mapped_column(
        sa.String(22), unique=True, default=lambda: secrets.token_hex(11)
    )
