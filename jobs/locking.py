"""What an organisation keeps as it is, asked before a course changes anything."""

from dataclasses import replace

from gamification.awards.giving import Giver
from gamification.catalog.definitions import Catalog
from gamification.catalog.locks import (
    BADGES,
    MESSAGES,
    SCORING,
    SETTINGS,
    WHO,
    is_locked,
    locked_settings,
)
from gamification.catalog.settling import fixed
from jobs.catalog import locking_catalog
from models import OPERATOR, Context


class Locked(Exception):
    """A course may not change this; the message says who can."""

    def __init__(self, *names: str) -> None:
        super().__init__(WHO.format(", ".join(names)))
        self.names = names


def locks_of(context: Context) -> tuple[str, ...]:
    """Return what a course may not change: `badges.author`, `settings.board`."""
    return _ours(context).locked


def locked_settings_of(context: Context) -> list[str]:
    """Return which of a course's settings those are: `board.identity`."""
    return locked_settings(locks_of(context))


def locks_for(context: Context, by: Giver) -> tuple[str, ...]:
    """Return what somebody may not change of a course.

    Locks bind who teaches, and not the operator, who wrote them (decision 16): but what
    the catalog gives a locked setting is in the catalog alone (decision 25).
    """
    ours = _ours(context)
    return fixed(ours) if by.role == OPERATOR else ours.locked


def _ours(context: Context) -> Catalog:
    """Return what holds of an organisation; without a catalog all is locked."""
    catalog = locking_catalog()
    if not catalog.readable:
        return replace(catalog, locked=(BADGES, SCORING, MESSAGES, SETTINGS))
    return catalog.of(context.tenant.key)


def refuse_locked(context: Context, by: Giver, *names: str) -> None:
    """Raise Locked if any of these is locked for who decides about a course."""
    locks = locks_for(context, by)
    locked = [name for name in names if is_locked(locks, name)]
    if locked:
        raise Locked(*locked)


def refuse_locked_settings(context: Context, by: Giver, *names: str) -> None:
    """Do the same for some of its settings, as `locked_settings_of` names them."""
    refuse_locked(context, by, *(f"{SETTINGS}.{name}" for name in names))
