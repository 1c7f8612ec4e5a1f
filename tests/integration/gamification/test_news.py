"""Every change is told once, by a row that stays; what is made up for, never."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from gamification.activity import record
from gamification.awards import evaluate, evaluate_silently, recompute
from gamification.awards.decisions import Revocation, lift, renew, revoke
from gamification.awards.expiring import tell_expired, warn
from gamification.awards.giving import give
from gamification.catalog import Catalog
from gamification.feedback import Change, mark_seen, news_of, set_kinds_off, tell
from models import Award, Context, Membership, Notification, StreamEvent
from tests.factories import a_badge, a_context, a_member, an_item
from tests.integration.gamification.conftest import ON, Act, Counting, a_fact
from tests.support.awarding import IRIS, an_award, gift_of
from tests.support.news import news, news_kinds

DAY = timedelta(days=1)


def a_course_where_acts_earn(
    session: Session, badges: int = 1, policy: str = "keep"
) -> Context:
    context = a_context(session)
    for number in range(badges):
        a_badge(
            session,
            of=context,
            key=f"b{number}",
            metric="events",
            threshold=1,
            policy=policy,
        )
    return context


def ids(session: Session) -> list[int]:
    return list(session.scalars(sa.select(Award.id).order_by(Award.id)))


def test_an_award_is_told_to_its_owner_once_however_often_it_is_looked_at(
    session: Session, act: Act, now: datetime
) -> None:
    ada = a_member(session, of=a_course_where_acts_earn(session))
    a_member(session, of=ada.context)

    act(ada)
    act(ada)
    evaluate(session, ada.context, now, switch=ON)

    (award,) = ids(session)
    assert news(session) == [(ada.id, "award", {"award": award})]


def test_a_change_that_is_told_by_two_is_told_once(
    session: Session, now: datetime
) -> None:
    ada = a_member(session)
    change = Change(ada.id, "level", "level:2", {"milestone": "level", "value": 2})

    tell(session, ada.context_id, [change], now)
    tell(session, ada.context_id, [change, change], now + DAY)

    assert news_kinds(session) == ["level"]


@pytest.mark.parametrize("look", ["backfill", "recompute"])
def test_what_is_made_up_for_is_told_to_nobody(
    session: Session, now: datetime, look: str
) -> None:
    context = a_course_where_acts_earn(session, badges=2)
    ada = a_member(session, of=context)
    record(session, [a_fact(ada)], now, environment=False)
    session.execute(sa.delete(StreamEvent))

    if look == "backfill":
        granted = len(evaluate_silently(session, context, now, switch=ON))
    else:
        catalog = Catalog(readable=False)
        found = recompute(session, context, now, catalog=catalog, environment=True)
        granted = found.badges_awarded

    assert granted == len(ids(session)) == 2
    assert news(session) == []
    assert session.scalars(sa.select(StreamEvent.kind)).all() == []


def test_a_silent_look_while_it_is_off_gives_nothing(
    session: Session, now: datetime
) -> None:
    context = a_course_where_acts_earn(session)
    record(session, [a_fact(a_member(session, of=context))], now, environment=False)
    off = type(ON)(environment=True, tenant=True, course=False)

    assert evaluate_silently(session, context, now, switch=off) == []
    assert ids(session) == []


def test_many_awards_at_once_are_one_piece_of_news(
    session: Session, act: Act, now: datetime
) -> None:
    ada = a_member(session, of=a_course_where_acts_earn(session, badges=20))

    act(ada)

    page = news_of(session, ada)
    (item,) = page.items
    assert (item.kind, item.count, page.unseen) == ("award", 20, 1)
    keys = [getattr(subject, "key", "") for subject in item.subjects]
    assert sorted(keys) == sorted(f"b{number}" for number in range(20))


def test_a_few_awards_at_once_are_a_piece_of_news_each(
    session: Session, act: Act
) -> None:
    ada = a_member(session, of=a_course_where_acts_earn(session, badges=3))

    act(ada)

    page = news_of(session, ada)
    assert [item.count for item in page.items] == [1, 1, 1]
    assert page.unseen == 3


def test_badges_that_people_give_are_told(
    session: Session, now: datetime, statements: Counting
) -> None:
    context = a_context(session)
    badge = a_badge(session, of=context)
    people = [a_member(session, of=context) for _ in range(3)]
    give(session, context, [gift_of(one, badge) for one in people], IRIS, now)
    give(session, context, [gift_of(one, badge) for one in people], IRIS, now)

    assert [(member, kind) for member, kind, _ in news(session)] == [
        (one.id, "award") for one in people
    ]


def test_each_decision_about_an_award_is_told_once(
    session: Session, now: datetime
) -> None:
    ada = a_member(session)
    badge = a_badge(session, of=ada.context)
    award = an_award(session, ada, badge, expires_at=now + 9 * DAY)

    renew(session, award, now + 20 * DAY, now)
    renew(session, award, now + 20 * DAY, now)
    renew(session, award, now + 30 * DAY, now + DAY)
    revoke(session, award, Revocation("copied"), IRIS, now + DAY)
    lift(session, award, now + DAY)
    lift(session, award, now + DAY)

    kinds = ["award", "renewed", "renewed", "revoked", "lifted"]
    assert news(session) == [(ada.id, kind, {"award": award.id}) for kind in kinds]


def test_a_badge_that_its_rule_takes_back_is_told_and_silently_is_not(
    session: Session, now: datetime
) -> None:
    context = a_course_where_acts_earn(session, policy="revoke")
    people = [a_member(session, of=context) for _ in range(2)]
    item = an_item(session, of=context)
    facts = [a_fact(one, "submitted", item) for one in people]
    record(session, facts, now, environment=True)
    session.execute(sa.delete(Notification))
    withdrawn = a_fact(people[0], "submitted", item, status="withdrawn", seen_at=now)
    record(session, [withdrawn], now + DAY, environment=True)
    withdrawn = a_fact(people[1], "submitted", item, status="withdrawn", seen_at=now)
    record(session, [withdrawn], now + DAY, environment=False)
    evaluate_silently(session, context, now + DAY, switch=ON)

    first, _ = ids(session)
    assert news(session) == [(people[0].id, "revoked", {"award": first})]
    ended = session.scalars(sa.select(Award.ended_at)).all()
    assert ended == [now + DAY] * 2


Tell = Callable[[Session, int, datetime], int]


@pytest.mark.parametrize(
    ("tell", "kind"), [(warn, "expiring"), (tell_expired, "expired")]
)
def test_what_does_not_last_is_told_once(
    session: Session, now: datetime, tell: Tell, kind: str
) -> None:
    ada = a_member(session)
    award = an_award(
        session, ada, a_badge(session, of=ada.context), expires_at=now + 9 * DAY
    )
    later = now + 2 * DAY
    if kind == "expired":
        award.ended_at, award.end_reason = award.expires_at, "expired"
        session.flush()

    told = [tell(session, ada.context_id, later) for _ in range(2)]

    assert told == [1, 0]
    assert news_kinds(session) == ["award", kind]


def test_whoever_wants_no_news_of_a_kind_has_none(
    session: Session, act: Act, now: datetime
) -> None:
    context = a_course_where_acts_earn(session)
    ada, ben = (a_member(session, of=context) for _ in range(2))
    set_kinds_off(session, ada, ["award", "renewed"], now)

    act(ada)
    act(ben)
    award = session.scalars(sa.select(Award).where(Award.membership_id == ada.id)).one()
    renew(session, award, now + DAY, now)
    revoke(session, award, Revocation("copied"), IRIS, now)

    assert [(who, kind) for who, kind, _ in news(session)] == [
        (ben.id, "award"),
        (ada.id, "revoked"),
    ]


def test_what_was_seen_is_not_new_and_what_came_after_is(
    session: Session, act: Act, now: datetime
) -> None:
    ada = a_member(session, of=a_course_where_acts_earn(session, badges=2))
    act(ada)
    first = news_of(session, ada).items[1]

    left = mark_seen(session, ada, now, int(first.id))

    assert (left, news_of(session, ada).unseen) == (1, 1)
    assert [item.seen for item in news_of(session, ada).items] == [False, True]
    assert mark_seen(session, ada, now) == 0


def a_reader(session: Session, act: Act, pieces: int) -> Membership:
    context = a_context(session)
    ada = a_member(session, of=context)
    for number in range(pieces):
        badge = a_badge(session, of=context, key=f"b{number}")
        an_award(session, ada, badge)
    return ada


@pytest.mark.parametrize("pieces", [1, 3])
def test_reading_news_costs_the_same_however_many_there_are(
    session: Session, act: Act, statements: Counting, pieces: int
) -> None:
    ada = a_reader(session, act, pieces)

    with statements() as seen:
        page = news_of(session, ada)

    assert len(page.items) == pieces
    # The pieces, what they are about, the badges, what is unseen.
    assert len(seen) == 4


def test_news_are_read_page_by_page(session: Session, act: Act) -> None:
    ada = a_reader(session, act, 5)
    pages, after = [], None

    while True:
        page = news_of(session, ada, after=after, limit=2)
        pages.append([item.id for item in page.items])
        after = page.next
        if after is None:
            break

    assert [len(page) for page in pages] == [2, 2, 1]
    ordered = [int(one) for page in pages for one in page]
    assert ordered == sorted(ordered, reverse=True)
