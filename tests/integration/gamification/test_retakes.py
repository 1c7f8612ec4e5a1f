"""A retake is an act of its own: its day counts, the best counts, and it pays once."""

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from gamification.activity import rebuild, record
from gamification.awards import evaluate, holds
from gamification.standings import standing_of
from jobs.attempts import Basis
from jobs.marks import Marker, log_of
from lti.grades import Result
from models import Award, BadgeVersion, Item, Membership
from tests.factories import POINT, a_badge, a_member, an_item
from tests.integration.gamification.conftest import ON, Act
from tests.support.measuring import percents, values

DAY = timedelta(days=1)


@pytest.fixture
def ada(session: Session) -> Membership:
    return a_member(session)


@pytest.fixture
def quiz(session: Session, ada: Membership) -> Item:
    return an_item(session, of=ada.context, key="quiz-1")


def test_a_late_retake_meets_no_deadline_and_takes_none_away(
    session: Session, act: Act, now: datetime, ada: Membership, quiz: Item
) -> None:
    day = (now - 5 * DAY).date().isoformat()
    rules = [
        {"metric": "percent", "item": "quiz-1", "at_least": least, "by": day}
        for least in (60, 80)
    ]
    low, high = (a_badge(session, of=ada.context, criterion=rule) for rule in rules)
    act(ada, "graded", quiz, score=60 * POINT, occurred_at=now - 6 * DAY)

    act(ada, "graded", quiz, score=90 * POINT, attempt="second")

    assert [holds(session, ada, badge, now) for badge in (low, high)] == [True, False]
    assert percents(session, ada.context_id, quiz.id) == {ada.id: 90}


def test_a_retake_after_the_end_earns_the_badge_again(
    session: Session, act: Act, now: datetime, ada: Membership, quiz: Item
) -> None:
    rule = {"metric": "percent", "item": "quiz-1", "at_least": 80}
    badge = a_badge(session, of=ada.context, criterion=rule)
    session.execute(sa.update(BadgeVersion).values(valid_days=10))
    act(ada, "graded", quiz, score=90 * POINT, occurred_at=now - 30 * DAY)
    session.execute(
        sa.update(Award)
        .values(granted_at=now - 30 * DAY, expires_at=now - 20 * DAY)
        .execution_options(synchronize_session=False)
    )
    evaluate(session, ada.context, now, switch=ON)
    before = holds(session, ada, badge, now)

    act(ada, "graded", quiz, score=85 * POINT, attempt="second")

    assert (before, holds(session, ada, badge, now)) == (False, True)
    ends = session.scalars(sa.select(Award.ended_at).order_by(Award.id))
    assert ends.all() == [now - 20 * DAY, None]


@pytest.mark.parametrize(
    ("basis", "marks", "earned"),
    [
        ("act", (100, 100), True),
        ("act", (100, 90), True),
        ("act", (100, 40), False),
        ("mark", (85, 100), True),
        # The date of a mark that stays as it is tells of no act.
        ("mark", (100, 100), False),
        ("nothing", (85, 100), False),
    ],
)
def test_a_gradebooks_later_row_earns_an_expired_badge_again(
    session: Session,
    now: datetime,
    ada: Membership,
    quiz: Item,
    basis: Basis,
    marks: tuple[int, int],
    *,
    earned: bool,
) -> None:
    rule = {"metric": "percent", "item": "quiz-1", "at_least": 80}
    badge = a_badge(session, of=ada.context, criterion=rule)
    session.execute(sa.update(BadgeVersion).values(valid_days=30))
    year = timedelta(days=365)
    for mark, moment in zip(marks, (now - year, now), strict=True):
        acted_at = None if basis == "nothing" else moment
        result = Result("ada", mark * POINT, 100 * POINT, acted_at)
        marker = Marker(ada.context_id, quiz.id, moment, basis)
        # Twice, as every hour reads what the one before it read.
        for _ in range(2):
            known = log_of(session, ada.context_id, quiz.id)
            facts = known.news(marker.facts(ada.id, result))
            record(session, facts, moment, environment=True)

    evaluate(session, ada.context, now, switch=ON)
    assert holds(session, ada, badge, now) is earned
    ends = session.scalars(sa.select(Award.ended_at).order_by(Award.id)).all()
    assert ends == [now - year + 30 * DAY, *([None] if earned else [])]


@pytest.mark.parametrize(
    ("marks", "paid"),
    [
        ([60, 80], [3, 1]),
        ([80, 60], [4, 0]),
        ([60, 60, 100, 100], [3, 0, 2, 0]),
        ([100, 0, 50], [5, 0, 0]),
    ],
)
def test_all_results_on_an_item_pay_what_the_best_is_worth(
    session: Session,
    act: Act,
    now: datetime,
    ada: Membership,
    quiz: Item,
    marks: list[int],
    paid: list[int],
) -> None:
    # In whatever order they arrive.
    for number in reversed(range(len(marks))):
        moment = now - (len(marks) - number) * 7 * DAY
        score = marks[number] * POINT
        act(ada, "graded", quiz, score=score, attempt=f"{number}", occurred_at=moment)

    shown = values(session, ada.context_id, "score")
    assert shown == {ada.id: sum(paid) * POINT}
    assert standing_of(session, ada).points == max(marks) * 5 // 100
    rows = session.execute(
        sa.text("SELECT points FROM earned ORDER BY occurred_at")
    ).scalars()
    assert [points // POINT for points in rows] == paid
    rebuild(session, ada.context, now)
    assert values(session, ada.context_id, "score") == shown


def test_a_corrected_first_result_moves_what_the_second_pays(
    session: Session, act: Act, now: datetime, ada: Membership, quiz: Item
) -> None:
    act(ada, "graded", quiz, score=80 * POINT, occurred_at=now - DAY)
    act(ada, "graded", quiz, score=100 * POINT, attempt="second")

    act(ada, "graded", quiz, status="withdrawn", score=None, maximum=None)
    withdrawn = values(session, ada.context_id, "score")
    act(ada, "graded", quiz, score=100 * POINT)

    assert withdrawn == {ada.id: 5 * POINT}
    assert values(session, ada.context_id, "score") == {ada.id: 5 * POINT}


def test_a_toggled_completion_counts_and_pays_once(
    session: Session, act: Act, ada: Membership, quiz: Item
) -> None:
    for _ in range(3):
        act(ada, "completed", quiz)
        act(ada, "completed", quiz, status="withdrawn")
    act(ada, "completed", quiz)

    mine = standing_of(session, ada)
    assert (mine.points, mine.events, mine.completed) == (3, 1, 1)
