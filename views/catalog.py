"""The operator's catalog, read again when its file changes."""

from functools import lru_cache
from pathlib import Path

from gamification.catalog import Catalog, load


def catalog_at(path: Path) -> Catalog:
    """Return the catalog in a file as it is now; reading it twice costs once."""
    return _loaded(path, path.stat().st_mtime_ns if path.exists() else 0)


@lru_cache(maxsize=4)
def _loaded(path: Path, _changed_at: int) -> Catalog:
    return load(path)
