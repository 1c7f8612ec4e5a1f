"""Caps in rules: what counts of a day or an item, and how far somebody is by it."""

from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from gamification.awards import badges_for, evaluate
from models import Award, Item, Membership
from tests.factories import a_badge, a_context, a_member, an_item
from tests.integration.gamification.conftest import ON, Act

DAY = timedelta(days=1)


@pytest.fixture
def ada(session: Session) -> Membership:
    return a_member(session, of=a_context(session, enabled=False))


@pytest.fixture
def items(session: Session, ada: Membership) -> list[Item]:
    return [an_item(session, of=ada.context, key=key) for key in ("forum", "essay")]


def far(session: Session, ada: Membership, now: datetime) -> tuple[int, int, int]:
    """Return what is shown of the one badge, and how many hold it."""
    (badge,) = badges_for(session, ada, now, switch=ON).badges
    evaluate(session, ada.context, now, switch=ON)
    held = session.scalar(sa.select(sa.func.count()).select_from(Award)) or 0
    assert badge.earned == bool(held)
    return badge.progress, badge.threshold, held


def busy(
    act: Act, ada: Membership, item: Item | None, at: datetime, times: int
) -> None:
    for number in range(times):
        attempt = f"{at:%d}:{number}"
        act(ada, "posted", item, occurred_at=at, attempt=attempt)


def test_of_one_evening_three_acts_count(
    session: Session, ada: Membership, items: list[Item], act: Act, now: datetime
) -> None:
    rule = {"metric": "events", "at_least": 5, "per_day": 3}
    a_badge(session, of=ada.context, criterion=rule)
    busy(act, ada, items[0], now, 9)
    evening = far(session, ada, now)
    busy(act, ada, items[0], now - DAY, 1)
    two_days = far(session, ada, now)
    busy(act, ada, items[0], now - 2 * DAY, 1)

    assert (evening, two_days) == ((3, 5, 0), (4, 5, 0))
    assert far(session, ada, now) == (5, 5, 1)


def test_of_each_item_two_acts_count_and_what_belongs_to_none_is_one(
    session: Session, ada: Membership, items: list[Item], act: Act, now: datetime
) -> None:
    rule = {"metric": "events", "at_least": 5, "per_item": 2}
    a_badge(session, of=ada.context, criterion=rule)
    busy(act, ada, items[0], now, 4)
    busy(act, ada, items[1], now, 1)
    two_items = far(session, ada, now)
    busy(act, ada, None, now - DAY, 3)

    assert two_items == (3, 5, 0)
    assert far(session, ada, now) == (5, 5, 1)


def test_caps_of_two_conditions_do_not_mix(
    session: Session, ada: Membership, items: list[Item], act: Act, now: datetime
) -> None:
    rule: dict[str, Any] = {
        "all": [
            {"metric": "events", "between": [2, 2], "per_day": 1},
            {"metric": "events", "between": [3, 3], "per_item": 2},
            {"metric": "events", "between": [4, 4]},
        ]
    }
    a_badge(session, of=ada.context, criterion=rule)
    busy(act, ada, items[0], now, 3)
    busy(act, ada, items[1], now - DAY, 1)

    assert far(session, ada, now) == (3, 3, 1)
