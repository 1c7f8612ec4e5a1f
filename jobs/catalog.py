"""The operator's catalog, read again when its file changes, and given to courses."""

import logging
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from sqlalchemy.orm import Session

from gamification.activity import EVALUATE_COURSE, request
from gamification.catalog import Catalog, adopt, load
from jobs.outbox import wake_after_commit
from jobs.settings import settings
from models import Context

log = logging.getLogger(__name__)
_readable: dict[Path, Catalog] = {}
"""The last catalog of each file that could be read."""


def current_catalog() -> Catalog:
    """Return the catalog as it is now; reading it twice costs once.

    What is to be mended in the file is logged each time it has changed.
    """
    return catalog_at(settings().catalog_file)


def locking_catalog() -> Catalog:
    """Return the catalog whose locks hold: the last one that could be read.

    A file that is being written unlocks nothing.
    """
    path, found = settings().catalog_file, current_catalog()
    if found.readable:
        _readable[path] = found
    return _readable.get(path, found)


def catalog_at(path: Path) -> Catalog:
    """Return the catalog in a file, as `current_catalog` does."""
    return _loaded(path, path.stat().st_mtime_ns if path.exists() else 0)


def adopt_catalog(session: Session, context: Context, now: datetime) -> None:
    """Give a course the catalog's badges; ask for its awards if that changed any.

    Nobody's next act should be needed for what a milder rule gives them.
    """
    if adopt(session, context, current_catalog(), now):
        request(session, EVALUATE_COURSE, context.id, now, now)
        wake_after_commit(session)


@lru_cache(maxsize=4)
def _loaded(path: Path, _changed_at: int) -> Catalog:
    catalog = load(path)
    for note in catalog.notes:
        log.warning("Catalog: %s", note)
    return catalog
