"""How long an award lasts, as the operator writes it in the catalog."""

import pytest

from gamification.catalog import Catalog, parse

BADGE = {"key": "first_aid", "metric": "events", "threshold": 1}


def read(*, tenant: dict[str, object] | None = None, **fields: object) -> Catalog:
    document: dict[str, object] = {"badge": [{**BADGE, **fields}]}
    if tenant is not None:
        document["tenant"] = {"acme": {"badge": [{"key": "first_aid", **tenant}]}}
    return parse(document, "catalog.toml")


def test_an_award_lasts_unless_its_badge_says_for_how_long() -> None:
    days = [read().entries[0].valid_days, read(valid_days=365).entries[0].valid_days]

    assert days == [None, 365]


def test_a_tenant_may_say_for_how_long() -> None:
    catalog = read(tenant={"valid_days": 30})

    assert catalog.of("acme").entries[0].valid_days == 30
    assert catalog.entries[0].valid_days is None


def test_another_number_of_days_is_another_content() -> None:
    digests = [read(), read(valid_days=30), read(valid_days=31)]

    assert len({catalog.digest for catalog in digests}) == 3


@pytest.mark.parametrize(
    ("days", "reason"),
    [
        (0, "its valid_days is not between 1 and 36500"),
        (36_501, "its valid_days is not between 1 and 36500"),
        ("30", "its valid_days is not a whole number"),
        (True, "its valid_days is not a whole number"),
        (1.5, "its valid_days is not a whole number"),
    ],
)
def test_days_that_make_no_sense_are_named(days: object, reason: str) -> None:
    catalog = read(valid_days=days)

    assert [dropped.reason for dropped in catalog.dropped] == [reason]
