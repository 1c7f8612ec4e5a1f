"""What can be locked, how it is written, and what is a part of it."""

from typing import Any

import pytest

from gamification.catalog import parse
from gamification.catalog.locks import LOCKABLE, is_locked, locked_settings


def of_acme(table: dict[str, Any]) -> tuple[tuple[str, ...], list[str]]:
    catalog = parse({"tenant": {"acme": table}}, "catalog.toml")
    return catalog.of("acme").locked, [str(note) for note in catalog.notes]


def test_a_tenants_locks_are_its_own() -> None:
    catalog = parse({"tenant": {"acme": {"locked": ["badges.author", "settings"]}}})

    assert catalog.of("acme").locked == ("badges.author", "settings")
    assert (catalog.locked, catalog.of("umbrella").locked) == ((), ())
    assert catalog.notes == ()


def test_locks_alone_take_no_badge_out_and_change_no_content() -> None:
    badge = {"key": "owl", "metric": "score", "threshold": 1}
    plain = parse({"badge": [badge]})
    locked = parse({"badge": [badge], "tenant": {"acme": {"locked": ["badges"]}}})

    assert locked.of("acme").digest == plain.digest
    assert locked.dropped == ()


def test_what_cannot_be_locked_is_named_beside_what_can() -> None:
    locks, notes = of_acme({"locked": ["badges.owl", "setings", 7, "badges.a b"]})

    can = f"there are badges.<key>, {', '.join(LOCKABLE)}"
    assert locks == ("badges.owl",)
    assert notes == [
        f'catalog.toml, tenant acme: nothing called "{name}" can be locked; {can}'
        for name in ("setings", "?", "badges.a b")
    ]


@pytest.mark.parametrize("value", ["badges", {"badges": True}, 7])
def test_what_is_no_list_locks_nothing_and_says_so(value: object) -> None:
    assert of_acme({"locked": value}) == (
        (),
        [
            (
                "catalog.toml, tenant acme: locked is not a list of names; "
                'write locked = ["badges.author"]'
            )
        ],
    )


@pytest.mark.parametrize(
    ("name", "locked"),
    [
        ("badges.author", True),
        ("badges.authority", False),
        ("badges.author.v2", False),
        ("settings.board.identity", True),
        ("settings.board.span.top", True),
        ("settings.boards", False),
        ("scoring", False),
    ],
)
def test_a_part_of_what_is_locked_is_locked(name: str, locked: bool) -> None:
    assert is_locked(["badges.author", "settings.board"], name) == locked


@pytest.mark.parametrize(
    ("locks", "settings"),
    [
        ([], []),
        (["badges"], []),
        (["settings.term", "settings.board.identity"], ["board.identity", "term"]),
        (["settings.board", "settings.board.rank"], ["board"]),
        (["settings"], ["enabled", "board", "time_zone", "term"]),
    ],
)
def test_locked_settings_are_named_as_the_settings_are(
    locks: list[str], settings: list[str]
) -> None:
    assert locked_settings(locks) == settings
