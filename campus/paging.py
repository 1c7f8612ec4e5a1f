"""Cutting a list into pages."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from flask import Request

Row = TypeVar("Row")


@dataclass(frozen=True)
class Page(Generic[Row]):
    """The rows from `start` on; `following` is where the next page starts, if any."""

    rows: Sequence[Row]
    start: int
    total: int

    @property
    def following(self) -> int | None:
        end = self.start + len(self.rows)
        return end if self.rows and end < self.total else None


def page_of(rows: Sequence[Row], start: int, limit: int) -> Page[Row]:
    """Return at most `limit` rows from `start` on; a limit of 0 is no limit."""
    end = start + limit if limit else len(rows)
    return Page(rows[start:end], start, len(rows))


def whole_number(request: Request, name: str) -> int:
    """Return a query parameter as a number from 0 on; 0 if missing or no number."""
    return max(request.args.get(name, 0, type=int), 0)
