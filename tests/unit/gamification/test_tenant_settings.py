"""What an organisation's courses begin with: how it is written, and what it does."""

from typing import Any

import pytest
from pydantic import ValidationError

from gamification.catalog import Catalog, parse
from gamification.catalog.settings import COLUMNS, read_settings
from gamification.catalog.settling import AS_DELIVERED, decided, settled
from gamification.copying.settings import nested
from models import Context
from views.api.setting_schemas import SettingsChange

HIDDEN, RELATIVE, ABSOLUTE = (
    {"board.rank": rank} for rank in ("hidden", "relative", "absolute")
)
TRIED: tuple[object, ...] = (
    *("alias", "name", "absolute", "relative", "hidden", "opt_in", "opt_out", "all"),
    *(True, False, 0, 1, 10, 11, 50, 51, 1_000_000, 1_000_001, -1, "", "yes", [], {}),
)


def of_acme(settings: object, *locked: str) -> Catalog:
    table = {"settings": settings, "locked": list(locked)}
    return parse({"tenant": {"acme": table}}, "catalog.toml")


def acme(settings: dict[str, Any], *locked: str) -> Catalog:
    """Return what acme has, by the settings' whole names."""
    return of_acme(nested(settings), *locked).of("acme")


def a_course(**columns: Any) -> Context:  # noqa: ANN401 -- any column of the row
    delivered = {COLUMNS[name]: value for name, value in AS_DELIVERED.items()}
    return Context(**{**delivered, "given_settings": {}, **columns})


def settle(course: Context, ours: Catalog) -> str:
    """Let a catalog hold in a course; return how it shows ranks now."""
    then = settled(course, ours)
    for column, value in then.values.items():
        setattr(course, column, value)
    course.given_settings = then.given
    assert settled(course, ours).values == {}
    assert settled(course, ours).given == course.given_settings
    return course.board_rank


def test_settings_are_a_tenants_own() -> None:
    catalog = of_acme({"board": {"rank": "hidden", "span": {"top": 5}}})

    assert catalog.of("acme").settings == {"board.rank": "hidden", "board.span.top": 5}
    assert (catalog.settings, catalog.of("umbrella").settings) == ({}, {})
    assert catalog.notes == ()


def test_settings_alone_change_no_badge() -> None:
    badge = {"key": "owl", "metric": "score", "threshold": 1}
    table = {"settings": {"board": {"enabled": True}}}
    plain = parse({"badge": [badge]})
    more = parse({"badge": [badge], "tenant": {"acme": table}})

    assert more.of("acme").digest == plain.digest


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ("hidden", ": this is not a table of fields"),
        ({"board": "hidden"}, " (board): this is not a table of fields"),
        ({"bord": {}}, ': unknown field "bord"; did you mean board?'),
        (
            {"board": {"idenity": "name"}},
            ' (board): unknown field "idenity"; did you mean identity?',
        ),
        (
            {"board": {"rank": "hiden"}},
            ' (board.rank): it is one of absolute, relative, hidden, and not "hiden"',
        ),
        ({"board": {"lists": 1}}, " (board.lists): it is neither true nor false"),
        (
            {"board": {"span": {"top": 51}}},
            " (board.span.top): it is a whole number from 0 to 50",
        ),
        (
            {"board": {"minimum": True}},
            " (board.minimum): it is a whole number from 0 to 1000000",
        ),
        (
            {"enabled": True},
            " (enabled): this is decided in each course, and by no catalog; leave it out",
        ),
    ],
)
def test_what_cannot_be_used_is_named_and_left_out(settings: object, said: str) -> None:
    catalog = of_acme(settings)

    assert catalog.of("acme").settings == {}
    assert [str(note) for note in catalog.notes] == [
        f"catalog.toml, tenant acme, settings{said}"
    ]


def test_what_is_good_beside_it_stays() -> None:
    read = read_settings({"board": {"rank": 7, "lists": True, "span": 2}})

    assert read.settings == {"board.lists": True}
    assert read.unread == ["board.rank", "board.span.neighbours", "board.span.top"]


@pytest.mark.parametrize("name", COLUMNS)
def test_the_catalog_takes_what_a_course_takes(name: str) -> None:
    for value in TRIED:
        try:
            SettingsChange.model_validate(nested({name: value}), strict=True)
            is_good = True
        except ValidationError:
            is_good = False
        found = read_settings(nested({name: value}))
        assert (name in found.settings) == is_good, value


def test_a_course_that_decided_nothing_follows_and_one_that_did_stays() -> None:
    follows, decides = a_course(), a_course(board_rank="relative")

    begun = [settle(one, acme(HIDDEN)) for one in (follows, decides)]
    later = [settle(one, acme(ABSOLUTE)) for one in (follows, decides)]
    gone = [settle(one, acme({})) for one in (follows, decides)]

    assert begun == ["hidden", "relative"]
    assert later == ["absolute", "relative"]
    assert gone == ["absolute", "relative"]
    assert decided(decides) == RELATIVE
    assert decided(follows) == {}


def test_to_have_what_laurel_began_with_can_be_decided_too() -> None:
    course = a_course()
    settle(course, acme(HIDDEN))
    course.board_rank = "absolute"

    ranks = [settle(course, acme(one)) for one in (HIDDEN, RELATIVE, {}, HIDDEN)]

    assert ranks == ["absolute"] * 4
    assert decided(course) == ABSOLUTE


def test_what_was_decided_alike_stays_when_the_organisation_changes() -> None:
    course = a_course(board_rank="hidden")

    assert [settle(course, acme(one)) for one in (HIDDEN, RELATIVE)] == ["hidden"] * 2


def test_a_locked_setting_is_the_organisations_until_it_is_unlocked() -> None:
    course = a_course(board_rank="relative")

    locked = settle(course, acme(HIDDEN, "settings.board.rank"))
    moved = settle(course, acme(ABSOLUTE, "settings.board"))
    unlocked = settle(course, acme(ABSOLUTE))

    assert (locked, moved, unlocked) == ("hidden", "absolute", "relative")


def test_a_lock_without_a_value_keeps_things_as_they_are() -> None:
    course = a_course(board_rank="relative")

    assert settle(course, acme({}, "settings.board.rank")) == "relative"
    assert course.given_settings == {}


def test_who_turned_a_board_on_has_decided_all_of_it() -> None:
    course = a_course(board_enabled=True)
    participation = {"board.participation": "all", "board.identity": "name"}

    settle(course, acme({**HIDDEN, **participation}))

    assert course.board_rank == "absolute"
    assert (course.board_participation, course.board_identity) == ("opt_in", "alias")


def test_a_board_that_the_organisation_turned_on_goes_on_following_it() -> None:
    course, on = a_course(), {"board.enabled": True}

    first = settle(course, acme({**on, **HIDDEN}))
    second = settle(course, acme({**on, **RELATIVE}))
    off = settle(course, acme({}))

    assert (first, second, off) == ("hidden", "relative", "absolute")
    assert not course.board_enabled


@pytest.mark.parametrize(
    "document",
    [
        {"tenant": {"acme": {"settings": {"board": {"rank": "hiden"}}}}},
        {"tenant": {"acme": {"settings": {"board": 7}}}},
        {"tenant": {"acme": {"settings": 7}}},
        {"tenant": {"acme": 7}},
        {"tenant": 7},
        {"badge": 7},
    ],
)
def test_what_cannot_be_read_says_nothing(document: dict[str, Any]) -> None:
    course = a_course()
    settle(course, acme(HIDDEN))

    assert settle(course, parse(document).of("acme")) == "hidden"


@pytest.mark.parametrize(
    "table",
    [
        {"settings": {"board": {"rnak": "hidden"}}},
        {"settings": {"bord": {"rank": "hidden"}}},
        {"setings": {"board": {"rank": "hidden"}}},
        {"settings": {"board": {"rank": "hidden"}}, "locked": "settings.board.rank"},
        {"settings": {"board": {"rank": "hidden"}}, "locked": ["settings.board.rnak"]},
    ],
    ids=str,
)
def test_a_name_with_a_typing_error_takes_nothing_back(table: dict[str, Any]) -> None:
    """What it was to say is not known, so the course stays as it is."""
    course = a_course(board_rank="relative")
    settle(course, acme({"board.rank": "hidden"}, "settings.board.rank"))
    ours = parse({"tenant": {"acme": table}}, "catalog.toml").of("acme")

    assert settle(course, ours) == "hidden"
    assert course.given_settings["board.rank"]["own"] == "relative"
