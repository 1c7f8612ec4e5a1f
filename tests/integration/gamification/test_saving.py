"""What a saved rule does to the past: who gains, who loses, and who is told."""

from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from gamification.awards import evaluate
from gamification.awards.preview import Proposal, preview
from gamification.awards.saving import save
from gamification.catalog import Criterion, adopt, parse
from gamification.catalog.own import Past, Wish, Written
from models import (
    Award,
    Badge,
    BadgeVersion,
    Context,
    Membership,
    Notification,
    StreamEvent,
)
from tests.factories import a_context, a_member
from tests.integration.gamification.conftest import ON, Act, Counting
from tests.support.awarding import an_award


def a_wish(at_least: int, **named: Any) -> Wish:  # noqa: ANN401 -- any field of a wish
    fields = {"key": "owl", "label": "Owl", **named}
    return Wish(rule=Criterion.flat("events", at_least), **fields)


def saved(session: Session, context: Context, wish: Wish, now: datetime) -> Written:
    """Save a badge and look at everybody, as an edge does."""
    written = save(session, context, wish, now)
    evaluate(session, context, now, switch=ON)
    return written


def told(session: Session) -> list[int | None]:
    query = sa.select(StreamEvent.membership_id).where(StreamEvent.kind == "award")
    return list(session.scalars(query.order_by(StreamEvent.id)))


def held(session: Session, key: str = "owl") -> list[int]:
    """Return who has a badge."""
    query = sa.select(Award.membership_id).join(Badge, Badge.id == Award.badge_id)
    open_ones = query.where(Badge.key == key, Award.ended_at.is_(None))
    return list(session.scalars(open_ones.order_by(Award.membership_id)))


@pytest.mark.parametrize("notify", [False, True])
def test_who_gains_by_the_past_is_told_only_if_that_was_asked_for(
    session: Session, now: datetime, act: Act, notify: bool
) -> None:
    ada = a_member(session)
    ben = a_member(session, of=ada.context)
    act(ada)

    saved(session, ada.context, a_wish(1, past=Past(notify=notify)), now)
    past = told(session)
    act(ben)

    assert held(session) == [ada.id, ben.id]
    assert past == ([ada.id] if notify else [])
    assert told(session) == [*past, ben.id]


def test_badges_that_come_by_a_quiet_one_are_as_quiet(
    session: Session, now: datetime, act: Act
) -> None:
    ada = a_member(session)
    act(ada)
    rule = Criterion.from_json({"all": [{"badge": "owl"}]})
    save(session, ada.context, a_wish(9), now)
    saved(session, ada.context, Wish(key="flock", label="Flock", rule=rule), now)

    saved(session, ada.context, a_wish(1), now)

    assert (held(session, "flock"), told(session)) == ([ada.id], [])


def test_an_act_before_the_first_look_tells_nobody_of_the_past(
    session: Session, now: datetime, act: Act
) -> None:
    ada = a_member(session)
    act(ada)
    save(session, ada.context, a_wish(1), now)

    act(ada, attempt="2")
    evaluate(session, ada.context, now, switch=ON)

    assert (held(session), told(session)) == ([ada.id], [])
    assert session.scalars(sa.select(BadgeVersion.quiet)).all() == [False]


@pytest.mark.parametrize("shape", ["flat", "tree"])
@pytest.mark.parametrize("unmet", ["keep", "revoke"])
def test_a_stricter_rule_ends_what_it_does_not_justify_only_if_told_to(
    session: Session, now: datetime, act: Act, unmet: str, shape: str
) -> None:
    ada = a_member(session)
    ben, cleo = (a_member(session, of=ada.context) for _ in range(2))
    for person, times in ((ada, 1), (ben, 2)):
        for attempt in range(times):
            act(person, attempt=str(attempt))
    first = saved(session, ada.context, a_wish(1), now)
    an_award(session, cleo, first.badge)
    leaf = {"metric": "events", "at_least": 2}
    rule = Criterion.from_json(leaf if shape == "flat" else {"all": [leaf, leaf]})

    wish = Wish(key="owl", label="Owl", rule=rule, past=Past(unmet=unmet))
    saved(session, ada.context, wish, now)

    kept = [ada.id] if unmet == "keep" else []
    assert held(session) == [*kept, ben.id, cleo.id]
    assert session.scalars(
        sa.select(Award.end_reason).where(Award.ended_at.is_not(None))
    ).all() == ([] if kept else ["no longer met"])


@pytest.mark.parametrize("notify", [False, True])
def test_who_loses_by_a_save_is_told_once_and_only_if_asked_for(
    session: Session, now: datetime, act: Act, notify: bool
) -> None:
    ada = a_member(session)
    act(ada)
    saved(session, ada.context, a_wish(1), now)

    past = Past(unmet="revoke", notify=notify)
    saved(session, ada.context, a_wish(2, past=past), now)
    evaluate(session, ada.context, now, switch=ON)

    news = session.scalars(
        sa.select(Notification.membership_id).where(Notification.kind == "revoked")
    )
    assert news.all() == ([ada.id] if notify else [])


def test_what_ended_once_comes_again_when_the_rule_is_met(
    session: Session, now: datetime, act: Act
) -> None:
    ada = a_member(session)
    act(ada)
    saved(session, ada.context, a_wish(1), now)
    saved(session, ada.context, a_wish(2, past=Past(unmet="revoke")), now)
    before = held(session)

    act(ada, attempt="2")

    assert (before, held(session)) == ([], [ada.id])
    assert session.scalars(sa.select(BadgeVersion.ends_unmet)).all() == [False, False]


def test_facts_before_its_first_day_do_not_count_and_the_preview_knows(
    session: Session, now: datetime, act: Act
) -> None:
    ada = a_member(session)
    act(ada, occurred_at=now - timedelta(days=3))
    past = Past(since=now - timedelta(days=1))

    asked = Proposal(Criterion.flat("events", 1), "owl", past=past)
    before = preview(session, ada.context, asked, now).gains.count
    saved(session, ada.context, a_wish(1, past=past), now)
    kept = saved(session, ada.context, a_wish(1, label="The owl"), now)
    as_it_is = Proposal(Criterion.flat("events", 1), "owl")
    after = preview(session, ada.context, as_it_is, now).gains.count

    assert (before, after, held(session)) == (0, 0, [])
    assert kept.version.effective_from == past.since


def test_the_preview_names_who_would_lose_by_a_save_that_revokes(
    session: Session, now: datetime, act: Act
) -> None:
    ada = a_member(session, name="Ada")
    act(ada)
    saved(session, ada.context, a_wish(1), now)

    stricter = Criterion.flat("events", 2)
    found = [
        preview(session, ada.context, Proposal(stricter, "owl", past=past), now)
        for past in (None, Past(), Past(unmet="revoke"))
    ]

    assert [one.losses.count for one in found] == [0, 0, 1]


def test_the_same_content_is_no_new_version(session: Session, now: datetime) -> None:
    context = a_context(session)

    written = [saved(session, context, a_wish(n), now) for n in (1, 1, 2, 2, 1)]

    assert [one.version.number for one in written] == [1, 1, 2, 2, 3]
    assert [one.has_changed for one in written] == [True, False, True, False, True]


def test_the_catalog_leaves_what_a_course_wrote_alone(
    session: Session, now: datetime
) -> None:
    context = a_context(session)
    entry = {"key": "owl", "metric": "score", "threshold": 9}
    adopt(session, context, parse({"badge": [entry]}), now)
    saved(session, context, a_wish(2), now)

    adopt(session, context, parse({"badge": [{**entry, "threshold": 8}]}), now)

    version = session.scalars(
        sa.select(BadgeVersion).where(BadgeVersion.retired_at.is_(None))
    ).one()
    assert version.criterion == {"metric": "events", "at_least": 2}


@pytest.mark.parametrize("people", [1, 30])
def test_a_save_costs_the_same_statements_whatever_the_class(
    session: Session, now: datetime, act: Act, statements: Counting, people: int
) -> None:
    context = a_context(session)
    members: list[Membership] = [a_member(session, of=context) for _ in range(people)]
    for member in members:
        act(member)
    saved(session, context, a_wish(1), now)

    with statements() as seen:
        saved(session, context, a_wish(2, past=Past(unmet="revoke")), now)

    assert (held(session), len(seen)) == ([], 20)
