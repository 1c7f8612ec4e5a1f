"""Two users who are one person: what becomes of what both had."""

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from gamification.activity import record
from gamification.merging import MergeRefused
from gamification.merging.folding import EXCLUSIVE
from gamification.standings import standing_of
from models import Award, Base, Contribution, Membership, Notification, UserIdentity
from tests.factories import POINT, a_badge, a_context, a_member, an_item
from tests.integration.gamification.conftest import Act, a_fact
from tests.support.awarding import an_award
from tests.support.merging import also_in, everything, merged, parted
from tests.support.news import news

HOUR = timedelta(hours=1)
STAYS = {
    "claim_attempt": "wrong words are forgotten within a day",
    "earned": "derived",
    "exposure": "what was seen was seen by that one",
    "former_alias": "nobody's name for a month, whoever had it",
    "free_week": "derived",
    "histogram": "derived",
    "league_place": "dealt anew within the minute",
    "kept_answer": "good for a day, by whoever asked",
    "notification_preference": "the kept one's own choice holds",
    "personal_best": "derived",
    "published_score": "what a platform was told under that id",
    "shown_standing": "derived: what others were last shown of somebody",
    "standing": "derived",
    "stream_event": "gone within a day",
    "variant_assignment": "the kept one goes on seeing what they see",
}


@pytest.fixture
def ada(session: Session) -> Membership:
    return a_member(session, name="Ada", alias="Keen Kestrel")


@pytest.fixture
def twin(session: Session, ada: Membership) -> Membership:
    """Return Ada as the platform knows her since it made her anew."""
    return a_member(session, of=ada.context, name="Ada A.", alias="Calm Canoe")


def awards(session: Session, member: Membership) -> list[tuple[int, int, bool]]:
    rows = session.scalars(
        sa.select(Award)
        .where(Award.membership_id == member.id)
        .order_by(Award.badge_id, Award.sequence)
    )
    return [(row.id, row.sequence, row.ended_at is None) for row in rows]


def test_every_table_that_names_a_member_says_what_becomes_of_it() -> None:
    models: list[type[Base]] = [Contribution, Award, *EXCLUSIVE]
    moved = {model.__tablename__ for model in models}
    naming = {
        table.name
        for table in Base.metadata.sorted_tables
        if "membership_id" in table.c
    }

    assert naming - moved - STAYS.keys() == set()


def test_what_was_said_since_a_merge_holds_after_it_is_taken_back(
    session: Session, now: datetime, ada: Membership, twin: Membership
) -> None:
    ada.board_consent, ada.name_consent = True, True
    session.flush()
    row = merged(session, ada, twin)
    ada.board_consent, ada.name_consent, ada.alias = False, False, "Brisk Beaver"
    session.flush()

    parted(session, row)

    assert (ada.board_consent, ada.name_consent) == (False, False)
    assert (ada.alias, twin.alias) == ("Brisk Beaver", "Calm Canoe")
    assert (ada.status, twin.status) == ("active", "active")


def test_an_alias_that_is_given_up_stays_out_of_others_hands(
    session: Session, ada: Membership, twin: Membership
) -> None:
    merged(session, ada, twin)

    assert (ada.alias, twin.alias) == ("Keen Kestrel", "Calm Canoe")


def test_what_both_did_is_one_persons_and_counts_once(
    session: Session, now: datetime, ada: Membership, twin: Membership
) -> None:
    one, two = (an_item(session, of=ada.context) for _ in range(2))
    facts = [a_fact(ada, "completed", one), a_fact(twin, "completed", one)]
    facts += [a_fact(twin, "completed", two)]
    record(session, facts, now, environment=True)

    merged(session, ada, twin)

    assert standing_of(session, ada).points == 6
    assert (ada.status, twin.status) == ("active", "left")
    owner = sa.select(UserIdentity.user_id).distinct()
    assert session.scalars(owner).all() == [ada.user_id]


@pytest.mark.parametrize("later", ["ada", "twin"])
def test_of_the_same_fact_the_newer_sighting_counts(
    session: Session, now: datetime, ada: Membership, twin: Membership, later: str
) -> None:
    item = an_item(session, of=ada.context)
    for member, name in ((ada, "ada"), (twin, "twin")):
        score = (40 if name == later else 100) * POINT
        seen_at = now if name == later else now - HOUR
        fact = a_fact(member, "graded", item, score=score, seen_at=seen_at)
        record(session, [fact], now, environment=True)

    merged(session, ada, twin)

    assert standing_of(session, ada).points == 2


def test_of_two_open_awards_the_older_stays(
    session: Session, now: datetime, ada: Membership, twin: Membership
) -> None:
    badge, other = (a_badge(session, of=ada.context) for _ in range(2))
    younger = an_award(session, ada, badge, now)
    older = an_award(session, twin, badge, now - HOUR)
    alone = an_award(session, twin, other, now)

    row = merged(session, ada, twin)

    assert awards(session, ada) == [(older.id, 1, True), (alone.id, 1, True)]
    assert awards(session, twin) == [(younger.id, 1, True)]
    parted(session, row)
    assert awards(session, ada) == [(younger.id, 1, True)]
    assert awards(session, twin) == [(older.id, 1, True), (alone.id, 1, True)]


def test_what_they_earn_together_is_given_silently_and_taken_back_with_it(
    session: Session, now: datetime, ada: Membership, twin: Membership
) -> None:
    a_badge(session, of=ada.context, metric="events", threshold=2)
    for member in (ada, twin):
        fact = a_fact(member, attempt=str(member.id))
        record(session, [fact], now, environment=True)
    before = everything(session)

    row = merged(session, ada, twin)

    assert len(awards(session, ada)) == 1
    assert news(session) == []
    parted(session, row)
    assert everything(session) == before


NO, NONE, YES = False, None, True


@pytest.mark.parametrize(
    ("one", "other", "together"),
    [
        (YES, YES, YES),
        (YES, NONE, NONE),
        (YES, NO, NO),
        (NONE, NO, NO),
        (NO, YES, NO),
    ],
)
def test_of_two_consents_the_stricter_holds(
    session: Session,
    ada: Membership,
    twin: Membership,
    one: bool | None,
    other: bool | None,
    together: bool | None,
) -> None:
    ada.board_consent = ada.name_consent = one
    twin.board_consent = twin.name_consent = other

    merged(session, ada, twin)

    assert (ada.board_consent, ada.name_consent) == (together, together)


def test_a_course_of_one_of_them_alone_goes_along(
    session: Session, ada: Membership, twin: Membership
) -> None:
    elsewhere = a_context(session, registration=ada.context.registration)
    place = also_in(session, twin, elsewhere)

    row = merged(session, ada, twin)

    assert place.user_id == ada.user_id
    parted(session, row)
    assert place.user_id == twin.user_id


def test_what_corrects_a_fact_after_the_merge_goes_back_with_it(
    session: Session, now: datetime, ada: Membership, twin: Membership
) -> None:
    item, own = (an_item(session, of=ada.context) for _ in range(2))
    record(session, [a_fact(twin, "graded", item)], now, environment=True)
    row = merged(session, ada, twin)
    lower = a_fact(ada, "graded", item, score=40 * POINT, seen_at=now + HOUR)
    facts = [lower, a_fact(ada, "completed", own)]
    record(session, facts, now + HOUR, environment=True)

    parted(session, row, now + HOUR)

    assert (standing_of(session, ada).points, standing_of(session, twin).points) == (
        3,
        2,
    )


def test_an_award_that_is_newer_makes_room_for_one_that_comes_back(
    session: Session, now: datetime, ada: Membership, twin: Membership
) -> None:
    badge = a_badge(session, of=ada.context)
    hers = an_award(session, ada, badge, now)
    older = an_award(session, twin, badge, now - HOUR)
    row = merged(session, ada, twin)
    session.refresh(older)
    older.ended_at, older.end_reason = now, "expired"
    session.flush()
    newer = an_award(session, ada, badge, now + HOUR)

    parted(session, row, now + HOUR)

    assert awards(session, ada) == [(hers.id, 1, True)]
    assert [one[0] for one in awards(session, twin)] == [older.id, newer.id]


def test_news_go_along_and_none_is_told_twice(
    session: Session, act: Act, ada: Membership, twin: Membership
) -> None:
    for member in (ada, twin):
        for number in range(5):
            act(member, attempt=f"{member.id}:{number}")

    merged(session, ada, twin)

    keys = sa.select(Notification.key).where(Notification.membership_id == ada.id)
    assert session.scalars(keys).all() == ["milestone:points:10"]


def test_staff_of_either_are_staff_and_have_no_rank(
    session: Session, now: datetime, ada: Membership, twin: Membership
) -> None:
    twin.role, twin.staff_seen_at = "instructor", now - HOUR

    merged(session, ada, twin)

    assert (ada.role, ada.staff_seen_at) == ("instructor", now - HOUR)


def test_a_later_merge_is_taken_back_first(
    session: Session, ada: Membership, twin: Membership
) -> None:
    third = a_member(session, of=ada.context)
    first, second = merged(session, ada, twin), merged(session, ada, third)

    with pytest.raises(MergeRefused, match=second.public_id):
        parted(session, first)
    parted(session, second)
    parted(session, first)
    with pytest.raises(MergeRefused, match="taken back already"):
        parted(session, first)


def test_who_cannot_be_one_person_is_refused(
    session: Session, ada: Membership, twin: Membership
) -> None:
    with pytest.raises(MergeRefused, match="one user already"):
        merged(session, ada, ada)
    with pytest.raises(MergeRefused, match="different organisations"):
        merged(session, ada, a_member(session))
    row = merged(session, ada, twin)
    with pytest.raises(MergeRefused, match=row.public_id):
        merged(session, a_member(session, of=ada.context), twin)
