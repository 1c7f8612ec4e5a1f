"""Whether the audit's chain is what was sealed, and the first place where it is not."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from jobs.digests import BEGINNING, digest_of_details, digest_of_entry, digest_of_seal
from jobs.sealing import unsealed
from models import AuditEntry, AuditSeal

PAGE = 500

Rows = Sequence[sa.Row[*tuple[Any, ...]]]


class Tampered(Exception):
    """The chain is not what was sealed; the message says where first, and what it means."""


@dataclass(frozen=True)
class Verified:
    """A chain that holds from its beginning to its head."""

    sealed: int
    erased: int
    """Sealed entries whose details are erased: that they were, and when, still holds."""
    unsealed: int
    head: str


def seals_of(session: Session) -> int:
    """Return how many seals there are."""
    return session.scalar(sa.select(sa.func.count(AuditSeal.id))) or 0


def verify(
    session: Session, known: str | None, seen: Callable[[int], object]
) -> Verified:
    """Follow the chain from its beginning; `seen` is told how many more were read.

    `known` is a head that was kept elsewhere. Raises Tampered.
    """
    position, digest, erased = 0, BEGINNING, 0
    is_known = known in {None, BEGINNING}
    for page in _pages(session):
        for seal in page:
            _follow(seal, position, digest)
            position, digest = seal.position, seal.digest
            erased += seal.salt is None
            is_known = is_known or digest == known
        seen(len(page))
    if not is_known:
        raise Tampered(
            f"head {known}: the chain of {position} has no such place. Its end was cut "
            "off, all of it was written anew, or the head is another audit's."
        )
    rest = sa.select(sa.func.count()).select_from(unsealed().subquery())
    return Verified(position, erased, session.scalar(rest) or 0, digest)


def _pages(session: Session) -> Iterator[Rows]:
    query = (
        sa.select(AuditSeal.position, *_others(AuditSeal), *_others(AuditEntry))
        .join(AuditEntry, AuditEntry.id == AuditSeal.entry_id, isouter=True)
        .order_by(AuditSeal.position)
        .limit(PAGE)
    )
    page = session.execute(query).all()
    while page:
        yield page
        after = AuditSeal.position > page[-1].position
        page = session.execute(query.where(after)).all()


def _others(model: type[AuditSeal | AuditEntry]) -> list[sa.ColumnElement[Any]]:
    # A seal's own number is nobody's to ask, and would be taken for the entry's.
    left_out = {"position"} if model is AuditEntry else {"id", "position"}
    return [one for one in model.__table__.c if one.name not in left_out]


def _follow(seal: Any, position: int, digest: str) -> None:  # noqa: ANN401 -- a row of `_pages`
    """Raise Tampered unless a seal and its entry are what follows on a position."""
    wrong = _wrong_seal(seal, position, digest) or _wrong_entry(seal)
    if wrong:
        raise Tampered(f"position {position + 1}: {wrong}")


def _wrong_seal(seal: Any, position: int, digest: str) -> str:  # noqa: ANN401 -- as above
    if seal.position != position + 1:
        return (
            f"its seal was taken out; the next there is has position {seal.position}."
        )
    if seal.previous != digest:
        return f"it does not stand on position {position}: the order was changed."
    own = digest_of_seal(
        seal.previous, seal.position, seal.entry_digest, seal.sealed_at
    )
    if own != seal.digest:
        return f"the seal of entry {seal.entry_id} was changed."
    return ""


def _wrong_entry(seal: Any) -> str:  # noqa: ANN401 -- as above
    if seal.id is None:
        return f"entry {seal.entry_id} was taken out."
    if digest_of_entry(seal, seal.details_digest) != seal.entry_digest:
        return f"entry {seal.entry_id} was changed, or its seal is another's."
    if not _has_its_details(seal):
        return f"the details of entry {seal.entry_id} were changed."
    return ""


def _has_its_details(seal: Any) -> bool:  # noqa: ANN401 -- as above
    if seal.salt is None:
        return not seal.details
    own = digest_of_details(seal.salt, seal.details)
    return own == str(seal.details_digest)
