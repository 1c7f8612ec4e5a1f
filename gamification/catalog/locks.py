"""What an organisation's administrator keeps as it is, in all of its courses."""

from collections.abc import Iterable, Sequence

from gamification.catalog.definitions import KEY, shown

BADGES, SCORING, MESSAGES, SETTINGS = "badges", "scoring", "messages", "settings"
OF_SETTINGS = (
    "enabled",
    "board",
    "board.enabled",
    "board.identity",
    "board.rank",
    "board.span",
    "board.span.neighbours",
    "board.span.top",
    "board.participation",
    "board.minimum",
    "board.lists",
    "board.leagues",
    "time_zone",
    "term",
)
LOCKABLE = (
    *(BADGES, SCORING, MESSAGES, SETTINGS),
    *(f"{SETTINGS}.{name}" for name in OF_SETTINGS),
)
WHO = (
    "Your organisation keeps this as it is. Whoever runs Laurel for it can unlock "
    "{} in the catalog."
)
NO_LIST = 'locked is not a list of names; write locked = ["badges.author"]'


def read_locks(value: object) -> tuple[tuple[str, ...], list[str]]:
    """Return the locks in a parsed document, and what is wrong with the others."""
    if not isinstance(value, list):
        return (), [NO_LIST]
    good = [name for name in value if isinstance(name, str) and _is_lock(name)]
    bad = [name for name in value if name not in good]
    return tuple(dict.fromkeys(good)), [_wrong(name) for name in bad]


def is_locked(locks: Iterable[str], name: str) -> bool:
    """Tell whether a thing, or what it is a part of, is locked."""
    return any(name == lock or _is_part(name, lock) for lock in locks)


def locked_settings(locks: Sequence[str]) -> list[str]:
    """Return the settings that are locked, as a course's settings name them."""
    names = [name for name in OF_SETTINGS if is_locked(locks, f"{SETTINGS}.{name}")]
    parts = {name for name in names if name.rpartition(".")[0] in names}
    return [name for name in names if name not in parts]


def _is_part(name: str, lock: str) -> bool:
    """Tell whether a thing is within another; a badge's key may hold dots itself."""
    has_parts = lock == BADGES or lock.partition(".")[0] == SETTINGS
    return has_parts and name.startswith(f"{lock}.")


def _is_lock(name: str) -> bool:
    layer, _, key = name.partition(".")
    return name in LOCKABLE or (layer == BADGES and bool(KEY.fullmatch(key)))


def _wrong(name: object) -> str:
    said = shown(name) if isinstance(name, str) else "?"
    return (
        f'nothing called "{said}" can be locked; there are badges.<key>, '
        f"{', '.join(LOCKABLE)}"
    )
