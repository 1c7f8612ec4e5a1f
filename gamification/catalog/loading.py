"""From a file to a catalog; nothing in the file can stop the application."""

import tomllib
from pathlib import Path

from gamification.catalog.definitions import (
    Catalog,
    Definition,
    Dropped,
    Malformed,
    define,
    key_of,
)

LARGEST_FILE = 1024 * 1024


def load(path: Path) -> Catalog:
    """Read a catalog file; what cannot be used is dropped and named, never raised."""
    try:
        if path.stat().st_size > LARGEST_FILE:
            return _unreadable(path, "the file is larger than a mebibyte")
        text = path.read_bytes().decode()
        return parse(tomllib.loads(text), path.name)
    except OSError as error:
        return _unreadable(path, error.strerror or "the file cannot be read")
    # Bad TOML, bad UTF-8 and numbers of thousands of digits are all ValueErrors.
    except (ValueError, RecursionError) as error:
        return _unreadable(path, f"this is not a TOML file: {error}")


def parse(document: object, name: str = "catalog") -> Catalog:
    """Return the catalog in a parsed document: its list `badge`."""
    entries = document.get("badge", []) if isinstance(document, dict) else None
    if not isinstance(entries, list):
        return _unreadable(Path(name), "badge is not a list; write [[badge]]")
    kept: dict[str, Definition] = {}
    dropped: list[Dropped] = []
    for number, entry in enumerate(entries, 1):
        try:
            definition = define(entry, taken=kept)
        except Malformed as malformed:
            where = f"{name}, badge {number}"
            dropped.append(Dropped(where, key_of(entry), str(malformed)))
        else:
            kept[definition.key] = definition
    return Catalog(tuple(kept.values()), tuple(dropped))


def _unreadable(path: Path, reason: str) -> Catalog:
    return Catalog(dropped=(Dropped(path.name, "", reason),), readable=False)
