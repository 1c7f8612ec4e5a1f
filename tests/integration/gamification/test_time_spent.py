"""Time is counted to the second, and counts in `time_spent` alone."""

from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from gamification.activity import rebuild, record
from gamification.activity.item_sets import SetTold, set_item_sets
from gamification.awards import badges_for, evaluate, holds
from gamification.awards.preview import Proposal, preview
from gamification.catalog import Criterion
from gamification.standings.following import follow
from models import Award, Earned, Item, Membership, Scoring
from tests.factories import POINT, a_badge, a_context, a_member, an_item
from tests.integration.gamification.conftest import ON, Act, a_class, a_fact
from tests.support.measuring import values
from tests.support.merging import everything, merged, parted

DAY = timedelta(days=1)
HALF_AN_HOUR = {"metric": "time_spent", "at_least": 1800}


@pytest.fixture
def ada(session: Session) -> Membership:
    return a_member(session, of=a_context(session))


def spent(session: Session, member: Membership) -> int:
    return values(session, member.context_id, "time_spent").get(member.id, 0)


@pytest.mark.parametrize("rule", [HALF_AN_HOUR, {"all": [HALF_AN_HOUR]}])
@pytest.mark.parametrize(("seconds", "is_met"), [(1799, False), (1800, True)])
def test_time_is_compared_to_the_second(
    session: Session,
    ada: Membership,
    act: Act,
    now: datetime,
    rule: dict[str, Any],
    seconds: int,
    is_met: bool,
) -> None:
    for number, part in enumerate((seconds - 600, 600)):
        act(ada, "spent", seconds=part, attempt=str(number))
    proposal = Proposal(Criterion.from_json(rule))
    foreseen = preview(session, ada.context, proposal, now).gains.count
    badge = a_badge(session, of=ada.context, criterion=rule)
    (shown,) = badges_for(session, ada, now, switch=ON).badges
    read = holds(session, ada, badge, now)
    evaluate(session, ada.context, now, switch=ON)

    assert (foreseen, read, shown.earned) == (is_met, is_met, is_met)
    assert len(session.scalars(sa.select(Award)).all()) == is_met
    left = () if is_met else ("Spend 1 second more",)
    assert (shown.progress, shown.threshold, shown.missing) == (seconds, 1800, left)


def test_reported_time_awards_at_once_and_a_correction_takes_it_back(
    session: Session, ada: Membership, act: Act
) -> None:
    for policy in ("keep", "revoke"):
        rule = HALF_AN_HOUR
        a_badge(session, of=ada.context, key=policy, criterion=rule, policy=policy)

    first = act(ada, "spent", seconds=1800).awarded
    act(ada, "spent", seconds=1799)

    query = sa.select(Award.badge_id).where(Award.ended_at.is_(None))
    assert len(first) == 2
    assert len(session.scalars(query).all()) == 1
    assert spent(session, ada) == 1799


def test_time_is_of_items_of_sets_and_of_days(
    session: Session, ada: Membership, act: Act, now: datetime
) -> None:
    items = [an_item(session, of=ada.context, key=key) for key in ("read", "watch")]
    told = SetTold("unit-1", "module", "Unit 1", (items[0].id,))
    set_item_sets(session, ada.context, "test", [told], now)
    watched = now - 2 * DAY
    act(ada, "spent", items[0], seconds=60)
    act(ada, "spent", items[1], seconds=120, occurred_at=watched)
    act(ada, "spent", seconds=240, status="late", attempt="1")
    scopes: list[dict[str, Any]] = [
        *({}, {"item": "read"}, {"items": ["read", "watch"]}),
        *({"item_set": "unit-1"}, {"last_days": 2}, {"on_time": True}),
        {"to": watched.date().isoformat()},
    ]
    for scope in scopes:
        rule = {"all": [{"metric": "time_spent", "at_least": 9999, **scope}]}
        a_badge(session, of=ada.context, criterion=rule)

    shown = badges_for(session, ada, now, switch=ON).badges

    assert [badge.progress for badge in shown] == [420, 60, 180, 60, 300, 180, 120]


def test_who_spent_no_time_spent_at_most_a_minute(
    session: Session, ada: Membership, act: Act, now: datetime
) -> None:
    rule = {"metric": "time_spent", "at_most": 60}
    badge = a_badge(session, of=ada.context, criterion=rule, policy="revoke")
    before = holds(session, ada, badge, now)
    act(ada, "spent", seconds=61)

    assert (before, holds(session, ada, badge, now)) == (True, False)


def test_time_changes_nothing_but_itself(session: Session, now: datetime) -> None:
    """Not a row of standings, boards, bests, milestones and news is another."""
    people = a_class(session, now, [3, 5, 8, 8, 13, 0], enabled=True)
    context = people[0].context
    follow(session, context, now, {one.id for one in people}, switch=ON)
    item = an_item(session, of=context)
    new = a_member(session, of=context)
    for metric in ("score", "events", "authored", "active_days", "completed"):
        a_badge(session, of=context, metric=metric, threshold=1)
    evaluate(session, context, now, switch=ON)
    before = everything(session)

    facts = [
        a_fact(one, "spent", place, seconds=9999, occurred_at=now - days * DAY)
        for one in (*people, new)
        for place, days in ((item, 0), (None, 7))
    ]
    recorded = record(session, facts, now, environment=True)
    evaluate(session, context, now, switch=ON)

    assert (recorded.new, recorded.awarded) == (14, [])
    changed = {
        name for name, rows in everything(session).items() if rows != before[name]
    }
    assert changed == {"contribution", "earned"}


def test_no_weight_of_a_course_pays_for_time(
    session: Session, ada: Membership, act: Act, now: datetime
) -> None:
    session.add(
        Scoring(
            context_id=ada.context_id,
            version=1,
            kind="spent",
            weight=POINT,
            effective_from=now - DAY,
        )
    )
    act(ada, "spent", seconds=60)
    rebuild(session, ada.context, now)

    assert session.execute(sa.select(Earned.points, Earned.seconds)).all() == [(0, 60)]


def test_what_one_person_spent_as_two_is_one_sum_until_they_part(
    session: Session, ada: Membership, act: Act
) -> None:
    ben = a_member(session, of=ada.context)
    act(ada, "spent", seconds=60, attempt="1")
    act(ben, "spent", seconds=90, attempt="2")

    both = merged(session, ada, ben)
    together = spent(session, ada)
    parted(session, both)

    assert together == 150
    assert (spent(session, ada), spent(session, ben)) == (60, 90)


def test_a_longer_time_than_a_column_of_four_bytes_is_summed_up(
    session: Session, ada: Membership, now: datetime
) -> None:
    a_badge(session, of=ada.context, metric="time_spent", threshold=10**9)
    year = 366 * 24 * 3600
    facts = [a_fact(ada, "spent", seconds=year, attempt=str(n)) for n in range(80)]

    recorded = record(session, facts, now, environment=True)

    assert spent(session, ada) == 80 * year > 2**31
    assert len(recorded.awarded) == 1


def test_time_without_seconds_is_no_time(
    session: Session, ada: Membership, act: Act, now: datetime
) -> None:
    act(ada, "spent")
    kept = session.execute(sa.select(Earned.__table__)).all()
    rebuild(session, ada.context, now)

    assert spent(session, ada) == 0
    assert session.execute(sa.select(Earned.__table__)).all() == kept


def test_only_time_has_seconds(
    session: Session, ada: Membership, act: Act, now: datetime
) -> None:
    item: Item = an_item(session, of=ada.context)
    act(ada, "submitted", item, seconds=60)

    assert session.scalars(sa.select(Earned.seconds)).all() == [0]
