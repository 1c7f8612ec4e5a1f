"""A course takes the catalog's badges over, version by version."""

import tomllib
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from config import ROOT
from gamification.awards import badges_for, evaluate
from gamification.catalog import Catalog, adopt, load, parse
from models import Award, Badge, BadgeVersion, Context
from tests.factories import a_context, a_member
from tests.integration.gamification.conftest import ON, Act, Counting

SHIPPED = load(ROOT / "catalog.toml")


def a_catalog(*entries: dict[str, Any]) -> Catalog:
    base = {"key": "author", "metric": "authored", "threshold": 5}
    return parse({"badge": [{**base, **entry} for entry in entries]})


def states(session: Session, context: Context) -> dict[str, tuple[str, int]]:
    """Return each badge's state and how many versions it had."""
    rows = session.execute(
        sa.select(Badge.key, Badge.state, sa.func.count())
        .join(BadgeVersion, BadgeVersion.badge_id == Badge.id)
        .where(Badge.context_id == context.id)
        .group_by(Badge.key, Badge.state)
    )
    return {key: (state, versions) for key, state, versions in rows}


def test_a_course_gets_the_shipped_badges_in_their_order(
    session: Session, now: datetime
) -> None:
    member = a_member(session)

    adopt(session, member.context, SHIPPED, now)

    roster = badges_for(session, member, now, switch=ON)
    assert [badge.key for badge in roster.badges] == [
        "first_contribution",
        "contributor",
        "prolific",
        "author",
        "regular",
    ]


def test_adopting_again_asks_nothing(
    session: Session, now: datetime, statements: Counting
) -> None:
    context = a_context(session)
    adopt(session, context, SHIPPED, now)

    with statements() as seen:
        adopt(session, context, SHIPPED, now)

    assert seen == []


def test_adopting_an_unchanged_entry_anew_makes_no_version(
    session: Session, now: datetime
) -> None:
    context = a_context(session)
    adopt(session, context, SHIPPED, now)
    context.catalog_digest = ""

    adopt(session, context, SHIPPED, now)

    assert set(states(session, context).values()) == {("active", 1)}


def test_an_entry_with_a_mistake_keeps_its_badge_as_it_was(
    session: Session, now: datetime
) -> None:
    context = a_context(session)
    long_key = "x" * 64
    adopt(session, context, a_catalog({}, {"key": long_key}, {"key": "gone"}), now)

    mistaken = a_catalog({"threshold": "5"}, {"key": long_key, "metric": "socre"})
    adopt(session, context, mistaken, now)
    kept = states(session, context)
    adopt(session, context, a_catalog({}), now)

    assert kept == {
        "author": ("active", 1),
        long_key: ("active", 1),
        "gone": ("retired", 1),
    }
    assert states(session, context) == {**kept, long_key: ("retired", 1)}


def test_an_entry_that_is_taken_out_after_a_mistake_is_retired(
    session: Session, now: datetime
) -> None:
    context = a_context(session)
    catalogs = [
        a_catalog({}, {"key": "other"}),
        a_catalog({}, {"key": "other", "threshold": 0}),
        a_catalog({}),
    ]
    seen = []

    for catalog in catalogs:
        adopt(session, context, catalog, now)
        seen.append(states(session, context)["other"])

    assert seen == [("active", 1), ("active", 1), ("retired", 1)]


def test_an_entry_whose_key_cannot_be_read_retires_nobodys_badge(
    session: Session, now: datetime
) -> None:
    context = a_context(session)
    adopt(session, context, a_catalog({}, {"key": "other"}), now)

    adopt(session, context, a_catalog({}, {"key": 7}), now)

    assert states(session, context)["other"] == ("active", 1)


@pytest.mark.demand("A14", "A25")
def test_a_changed_entry_is_a_new_version(session: Session, now: datetime) -> None:
    member = a_member(session)
    adopt(session, member.context, a_catalog({"threshold": 5}), now)

    adopt(session, member.context, a_catalog({"threshold": 10}), now)

    (badge,) = badges_for(session, member, now, switch=ON).badges
    assert badge.threshold == 10
    assert states(session, member.context) == {"author": ("active", 2)}


@pytest.mark.demand("A14")
def test_a_removed_entry_retires_its_badge_and_a_returning_one_revives_it(
    session: Session, now: datetime
) -> None:
    context = a_context(session)
    adopt(session, context, a_catalog({}, {"key": "owl"}), now)

    adopt(session, context, a_catalog({}), now)
    without = states(session, context)
    adopt(session, context, a_catalog({}, {"key": "owl"}), now)

    assert without == {"author": ("active", 1), "owl": ("retired", 1)}
    assert states(session, context) == {"author": ("active", 1), "owl": ("active", 1)}


def test_who_holds_a_removed_badge_keeps_it_and_nobody_else_sees_it(
    session: Session, now: datetime, act: Act
) -> None:
    context = a_context(session)
    ada, ben = a_member(session, of=context), a_member(session, of=context)
    adopt(session, context, a_catalog({"metric": "events", "threshold": 1}), now)
    act(ada)

    adopt(session, context, a_catalog(), now)
    act(ben)
    evaluate(session, context, now, switch=ON)

    (kept,) = badges_for(session, ada, now, switch=ON).badges
    assert (kept.key, kept.earned, kept.retired) == ("author", True, True)
    assert badges_for(session, ben, now, switch=ON).badges == []


@pytest.mark.demand("A31")
def test_a_stricter_threshold_leaves_the_badge_with_who_has_it(
    session: Session, now: datetime, act: Act
) -> None:
    context = a_context(session)
    ada, ben = a_member(session, of=context), a_member(session, of=context)
    adopt(session, context, a_catalog({"metric": "events", "threshold": 1}), now)
    act(ada)

    adopt(session, context, a_catalog({"metric": "events", "threshold": 10}), now)
    act(ben)
    evaluate(session, context, now, switch=ON)

    held = [
        (badge.earned, badge.progress, badge.threshold, badge.percent)
        for member in (ada, ben)
        for badge in badges_for(session, member, now, switch=ON).badges
    ]
    assert held == [(True, 1, 10, 100), (False, 1, 10, 10)]


def test_a_milder_threshold_awards_at_the_next_look(
    session: Session, now: datetime, act: Act
) -> None:
    context = a_context(session)
    ada = a_member(session, of=context)
    adopt(session, context, a_catalog({"metric": "events", "threshold": 10}), now)
    act(ada)

    adopt(session, context, a_catalog({"metric": "events", "threshold": 1}), now)
    granted = evaluate(session, context, now, switch=ON)

    award = session.get_one(Award, granted[0].award_id)
    assert award.evidence == {"metric": "events", "at_least": 1, "value": 1}
    assert session.get_one(BadgeVersion, award.badge_version_id).number == 2


@pytest.mark.demand("A26")
def test_a_course_gets_what_its_own_tenant_made_of_the_catalog(
    session: Session, now: datetime
) -> None:
    here, there = a_context(session), a_context(session)
    overlay = [
        {"key": "regular", "removed": True},
        {"key": "owl", "metric": "events", "threshold": 2, "policy": "revoke"},
    ]
    shipped = tomllib.loads((ROOT / "catalog.toml").read_text())
    catalog = parse({**shipped, "tenant": {here.tenant.key: {"badge": overlay}}})
    adopt(session, here, SHIPPED, now)

    for context in (here, there):
        adopt(session, context, catalog, now)

    assert {key for key, (state, _) in states(session, here).items()} == {
        *(entry.key for entry in SHIPPED.entries),
        "owl",
    }
    assert states(session, here)["regular"] == ("retired", 1)
    assert states(session, there).keys() == {entry.key for entry in SHIPPED.entries}
    owl = session.scalars(sa.select(Badge).where(Badge.key == "owl")).one()
    assert (owl.context_id, owl.policy, owl.origin) == (here.id, "revoke", "tenant")


@pytest.mark.parametrize(
    ("policy", "holds_after"), [({}, True), ({"policy": "revoke"}, False)]
)
@pytest.mark.demand("A31")
def test_the_catalog_says_whether_a_badge_goes_when_its_rule_is_no_longer_met(
    session: Session,
    now: datetime,
    act: Act,
    policy: dict[str, str],
    holds_after: bool,
) -> None:
    ada = a_member(session)
    rule = {"metric": "events", "threshold": 1, **policy}
    adopt(session, ada.context, a_catalog(rule), now)
    act(ada)

    act(ada, status="withdrawn")

    (badge,) = badges_for(session, ada, now, switch=ON).badges
    assert badge.earned == holds_after


def test_a_changed_policy_alone_is_no_new_version(
    session: Session, now: datetime
) -> None:
    context = a_context(session)
    adopt(session, context, a_catalog({}), now)

    adopt(session, context, a_catalog({"policy": "revoke"}), now)

    assert session.scalars(sa.select(Badge.policy)).all() == ["revoke"]
    assert states(session, context) == {"author": ("active", 1)}


def test_a_catalog_that_cannot_be_read_retires_nothing(
    session: Session, now: datetime
) -> None:
    context = a_context(session)
    adopt(session, context, SHIPPED, now)

    adopt(session, context, load(ROOT / "no-such-catalog.toml"), now)

    assert len(states(session, context)) == 5
    assert context.catalog_digest == SHIPPED.digest


def test_the_courses_own_badge_of_a_name_is_left_alone(
    session: Session, now: datetime
) -> None:
    context = a_context(session)
    session.add(Badge(context_id=context.id, key="author", origin="course"))
    session.flush()

    adopt(session, context, a_catalog({}), now + timedelta(days=1))

    assert states(session, context) == {}
