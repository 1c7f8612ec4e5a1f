"""Badges that last for some days, by the catalog's word."""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gamification.awards import evaluate, recompute
from gamification.catalog import Catalog, adopt, parse
from models import Award, Badge, BadgeVersion
from tests.factories import a_badge, a_context, a_member
from tests.integration.gamification.conftest import ON, Act
from tests.support.awarding import an_award

DAY = timedelta(days=1)


def a_catalog(**fields: object) -> Catalog:
    badge = {"key": "first_aid", "metric": "events", "threshold": 1, **fields}
    return parse({"badge": [badge]})


def ends(session: Session) -> list[datetime | None]:
    return list(session.scalars(sa.select(Award.expires_at).order_by(Award.id)))


def test_the_catalog_says_how_long_an_award_lasts(
    session: Session, act: Act, now: datetime
) -> None:
    ada = a_member(session)
    adopt(session, ada.context, a_catalog(valid_days=365), now)

    act(ada)

    assert ends(session) == [now + 365 * DAY]


def test_what_was_granted_before_lasts_as_it_was_granted(
    session: Session, act: Act, now: datetime
) -> None:
    context = a_context(session)
    ada, ben = a_member(session, of=context), a_member(session, of=context)
    adopt(session, context, a_catalog(), now)
    act(ada)

    adopt(session, context, a_catalog(valid_days=30), now)
    act(ben)

    assert ends(session) == [None, now + 30 * DAY]
    numbers = sa.select(BadgeVersion.number).join(
        Award, Award.badge_version_id == BadgeVersion.id
    )
    assert session.scalars(numbers.order_by(Award.id)).all() == [1, 2]


def test_the_night_gives_what_lasts_an_end_too(
    session: Session, act: Act, now: datetime
) -> None:
    context = a_context(session, enabled=False)
    act(a_member(session, of=context))
    context.enabled = True

    recompute(session, context, now, catalog=a_catalog(valid_days=7), environment=True)

    assert ends(session) == [now + 7 * DAY]


def test_who_earns_it_again_after_its_end_has_it_for_as_long_again(
    session: Session, act: Act, now: datetime
) -> None:
    ada = a_member(session)
    adopt(session, ada.context, a_catalog(valid_days=7), now)
    act(ada, occurred_at=now - 9 * DAY)
    session.execute(
        sa.update(Award)
        .values(granted_at=now - 8 * DAY, expires_at=now - DAY)
        .execution_options(synchronize_session=False)
    )

    nothing = evaluate(session, ada.context, now, switch=ON)
    act(ada, attempt="again")

    assert nothing == []
    assert ends(session) == [now - DAY, now + 7 * DAY]


def test_a_badge_that_lasts_some_days_ends_for_whoever_is_given_it(
    session: Session, now: datetime
) -> None:
    course = a_context(session)
    ada, ben = (a_member(session, of=course) for _ in range(2))
    badge = lasting(session, a_badge(session, of=course), days=365)

    ends = [
        an_award(session, ada, badge).expires_at,
        an_award(session, ben, badge, expires_at=now + DAY).expires_at,
    ]

    assert ends == [now + 365 * DAY, now + DAY]


def test_a_badge_that_lasts_some_days_ends_for_whoever_earns_it(
    session: Session, act: Act, now: datetime
) -> None:
    ada = a_member(session)
    badge = a_badge(session, of=ada.context, metric="events", threshold=1)
    lasting(session, badge, days=30)
    a_badge(session, of=ada.context, metric="events", threshold=1)

    act(ada)

    ends = session.scalars(sa.select(Award.expires_at).order_by(Award.badge_id))
    assert ends.all() == [now + 30 * DAY, None]


def lasting(session: Session, badge: Badge, days: int) -> Badge:
    session.execute(
        sa.update(BadgeVersion)
        .where(BadgeVersion.badge_id == badge.id)
        .values(valid_days=days)
    )
    return badge
