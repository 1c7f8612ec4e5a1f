"""From a file to a catalog; nothing in the file can stop the application."""

import tomllib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from gamification.catalog.definitions import Catalog, Dropped, Note, shown, unknown_in
from gamification.catalog.layers import Layer
from gamification.catalog.locks import read_locks
from gamification.catalog.messages import BadMessage, checked
from gamification.catalog.settings import COLUMNS, Read, read_settings

TENANT = ("badge", "locked", "messages", "settings")
LARGEST_FILE = 1024 * 1024


def load(path: Path) -> Catalog:
    """Read a catalog file; what cannot be used is dropped and named, never raised."""
    try:
        if path.stat().st_size > LARGEST_FILE:
            return _unreadable(path, "the file is larger than a mebibyte")
        # Some editors put a byte order mark before the text, which is no TOML.
        text = path.read_bytes().decode("utf-8-sig")
        return parse(tomllib.loads(text), path.name)
    except OSError as error:
        return _unreadable(path, error.strerror or "the file cannot be read")
    # Bad TOML, bad UTF-8 and numbers of thousands of digits are all ValueErrors.
    except (ValueError, RecursionError) as error:
        return _unreadable(path, f"this is not a TOML file: {error}")


def parse(document: object, name: str = "catalog") -> Catalog:
    """Return the catalog in a parsed document: its list `badge`, its tables `tenant`.

    A tenant's badges are those of everybody, with its own entries laid over them.
    """
    entries = document.get("badge", []) if isinstance(document, dict) else None
    if not isinstance(document, dict) or not isinstance(entries, list):
        return _unreadable(Path(name), "badge is not a list; write [[badge]]")
    shipped = Layer()
    shipped.read(entries, name)
    shipped.notes += [
        Note(name, "", reason) for reason in unknown_in(document, ("badge", "tenant"))
    ]
    tenants = document.get("tenant", {})
    has_tenants = isinstance(tenants, dict)
    if not has_tenants:
        # What they would have is not known, so nobody's badge goes.
        reason = "tenant is not a table; write [[tenant.acme.badge]]"
        shipped.drop(Dropped(name, "", reason))
        tenants = {}
    overlays = {
        key: _overlay(shipped, key, table, name) for key, table in tenants.items()
    }
    theirs = {
        key: _of_tenant(overlays[key], key, table, name)
        for key, table in tenants.items()
    }
    notes = [*shipped.notes, *(note for one in overlays.values() for note in one.notes)]
    return replace(
        shipped.to_catalog(),
        notes=tuple(notes),
        tenants=theirs,
        unread=() if has_tenants else tuple(COLUMNS),
    )


def _of_tenant(layer: Layer, key: str, table: object, name: str) -> Catalog:
    """Return what a tenant has, with all that is not a badge."""
    read = _settings(layer, key, table, name)
    locks, wrong = _locks(layer, key, table, name)
    # What a lock that cannot be read was to keep is released by nobody.
    unread = COLUMNS if wrong else read.unread
    return replace(
        layer.to_catalog(),
        locked=locks,
        messages=_messages(layer, key, table, name),
        settings={} if wrong else read.settings,
        unread=tuple(unread),
    )


def _locks(
    layer: Layer, key: str, table: object, name: str
) -> tuple[tuple[str, ...], list[str]]:
    """Return a tenant's locks, and what is wrong with the others, which is named."""
    if not isinstance(table, Mapping):
        return (), []
    locks, wrong = read_locks(table.get("locked", []))
    where = f"{name}, tenant {shown(key)}"
    layer.notes += [Note(where, "", reason) for reason in wrong]
    return locks, wrong


def _overlay(shipped: Layer, key: str, table: object, name: str) -> Layer:
    where = f"{name}, tenant {shown(key)}"
    layer = Layer.over(shipped)
    entries = table.get("badge", []) if isinstance(table, Mapping) else None
    if not isinstance(table, Mapping) or not isinstance(entries, list):
        reason = "badge is not a list; write [[tenant.acme.badge]]"
        layer.drop(Dropped(where, "", reason))
        return layer
    layer.read(entries, where)
    layer.notes += [Note(where, "", r) for r in unknown_in(table, TENANT)]
    return layer


def _messages(layer: Layer, key: str, table: object, name: str) -> dict[str, str]:
    """Return a tenant's messages; what cannot be used is named, and shipped is said."""
    said = table.get("messages", {}) if isinstance(table, Mapping) else {}
    where = f"{name}, tenant {shown(key)}, messages"
    if not isinstance(said, Mapping):
        layer.notes.append(Note(where, "", 'write [tenant.acme.messages] award = "…"'))
        return {}
    found = {}
    for kind, text in said.items():
        try:
            found[str(kind)] = checked(str(kind), text)
        except BadMessage as bad:
            layer.notes.append(Note(where, shown(str(kind)), str(bad)))
    return found


def _settings(layer: Layer, key: str, table: object, name: str) -> Read:
    """Return what a tenant's courses begin with; what cannot be used is named."""
    if not isinstance(table, Mapping):
        return Read(unread=[*COLUMNS])
    read = read_settings(table.get("settings", {}))
    if "settings" not in table and unknown_in(table, TENANT):
        # A table of another name may have been meant to be that of the settings.
        read.unread += COLUMNS
    where = f"{name}, tenant {shown(key)}, settings"
    layer.notes += [Note(where, spot, reason) for spot, reason in read.faults]
    return read


def _unreadable(path: Path, reason: str) -> Catalog:
    dropped = (Dropped(path.name, "", reason),)
    return Catalog(dropped=dropped, notes=dropped, readable=False)
