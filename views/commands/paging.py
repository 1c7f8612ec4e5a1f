"""Whole lists for an operator, read page by page."""

from collections.abc import Callable, Iterator, Sequence
from typing import Protocol, TypeVar

Row_co = TypeVar("Row_co", covariant=True)
SIZE = 200


class Page(Protocol[Row_co]):
    """A part of a list, and where it goes on."""

    @property
    def rows(self) -> Sequence[Row_co]: ...

    @property
    def next(self) -> str | None: ...


def every(read: Callable[[str | None], Page[Row_co]]) -> Iterator[Row_co]:
    """Yield all rows of a list; `read` returns the page after a cursor."""
    page = read(None)
    yield from page.rows
    while page.next is not None:
        page = read(page.next)
        yield from page.rows
