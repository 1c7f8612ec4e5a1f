"""Messages are plain texts with places: what may stand in them, and what is put in."""

import pytest

from gamification.catalog import parse
from gamification.catalog.messages import (
    EXAMPLES,
    LONGEST,
    OF_MANY,
    PLACE,
    PLACES,
    SHIPPED,
    BadMessage,
    checked,
    render,
)
from models.news import KINDS


def fault(kind: str, text: object) -> str:
    with pytest.raises(BadMessage) as refused:
        checked(kind, text)
    return str(refused.value)


def test_there_are_words_for_every_kind_of_news() -> None:
    assert list(PLACES) == list(SHIPPED) == list(OF_MANY) == list(KINDS)
    assert [
        text for text in OF_MANY.values() if PLACE.findall(text) != ["number"]
    ] == []


@pytest.mark.parametrize("kind", sorted(SHIPPED))
def test_what_is_shipped_can_be_used_and_leaves_no_place_empty(kind: str) -> None:
    assert checked(kind, SHIPPED[kind]) == SHIPPED[kind]
    assert "{" not in render(SHIPPED[kind], EXAMPLES)
    assert set(PLACES[kind]) <= EXAMPLES.keys()


@pytest.mark.parametrize(
    ("kind", "text", "reason"),
    [
        ("prize", "x", 'there is no message "prize"; there are award, milestone, expi'),
        ("award", 7, "it is not a text"),
        ("award", "  ", "it needs 1 to 300 characters that can be seen"),
        ("award", "x" * (LONGEST + 1), "it needs 1 to 300 characters that can be seen"),
        ("award", "a\x00b", "it needs 1 to 300 characters that can be seen"),
        ("award", "<b>{badge}</b>", "it holds a <: messages are plain text"),
        (
            "award",
            "{points} for {badge}",
            "there is no place {points}; there are {badge}, {course}",
        ),
        ("award", "{name}", "there is no place {name}; there are {badge}, {course}"),
        ("award", "{}", "there is no place {}; there are {badge}, {course}"),
        ("award", "{badge", "it holds a brace that belongs to no place, as in {badge}"),
        ("award", "{{badge}}", "it holds a brace that belongs to no place, as in {bad"),
    ],
)
def test_what_cannot_be_said_is_refused_by_what_can(
    kind: str, text: object, reason: str
) -> None:
    assert fault(kind, text).startswith(reason)


def test_spaces_and_lines_become_single_spaces() -> None:
    assert checked("award", " Well \n done,  {badge} ") == "Well done, {badge}"


def test_what_is_put_in_is_no_place_itself() -> None:
    text = render("{badge} in {course}", {"badge": "{course}", "course": "{badge}"})

    assert text == "{course} in {badge}"


def test_an_organisation_says_it_in_the_catalog_and_its_mistakes_are_named() -> None:
    said = {"award": "Hooray: {badge}!", "milestone": "{badge}", "prize": "x"}
    catalog = parse({"tenant": {"acme": {"messages": said}}}, "catalog.toml")
    strange = parse({"tenant": {"acme": {"messages": "x"}}}, "catalog.toml")

    assert catalog.of("acme").messages == {"award": "Hooray: {badge}!"}
    assert catalog.of("umbrella").messages == {}
    assert [str(note) for note in catalog.notes] == [
        (
            "catalog.toml, tenant acme, messages (milestone): "
            "there is no place {badge}; there are {points}, {course}"
        ),
        (
            "catalog.toml, tenant acme, messages (prize): "
            'there is no message "prize"; there are award, milestone, expiring, expired, '
            "revoked, lifted, renewed, level, personal_best"
        ),
    ]
    assert len(strange.notes) == 1
