"""What a seal says of an entry, and of the seal before it: SHA-256 over exact texts."""

import json
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Protocol

BEGINNING = "0" * 64
"""What the first seal stands on."""


class Entry(Protocol):
    """What of an entry is sealed beside its details."""

    @property
    def id(self) -> int: ...
    @property
    def tenant_id(self) -> int | None: ...
    @property
    def registration_id(self) -> int | None: ...
    @property
    def context_id(self) -> int | None: ...
    @property
    def happened_at(self) -> datetime: ...
    @property
    def action(self) -> str: ...
    @property
    def error_id(self) -> str | None: ...


def digest_of_details(salt: str, details: dict[str, Any]) -> str:
    """Return what stays of details that were erased; without the salt it tells nothing."""
    return _digest([salt, details])


def digest_of_entry(entry: Entry, details_digest: str) -> str:
    """Return the digest of an entry and what its details were."""
    owners = (entry.tenant_id, entry.registration_id, entry.context_id)
    said = (_exact(entry.happened_at), entry.action, entry.error_id)
    return _digest([entry.id, *owners, *said, details_digest])


def digest_of_seal(
    previous: str, position: int, entry_digest: str, sealed_at: datetime
) -> str:
    """Return the digest on which the next seal stands."""
    return _digest([previous, position, entry_digest, _exact(sealed_at)])


def _exact(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def _digest(parts: list[Any]) -> str:
    text = json.dumps(parts, sort_keys=True, separators=(",", ":"))
    return sha256(text.encode()).hexdigest()
