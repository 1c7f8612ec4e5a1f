"""What a teacher takes from an earlier course of theirs, and what never comes along."""

from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from models import (
    AuditEntry,
    Award,
    Badge,
    BadgeVersion,
    ClaimCode,
    Context,
    Item,
    Membership,
    Outbox,
    Scoring,
    User,
)
from tests.factories import a_badge, a_context, a_member, an_item
from tests.integration.api.test_two_faces import fill
from tests.support.awarding import an_award
from tests.support.clock import NOW
from tests.support.launches import Caller, a_caller

QUICK = {"metric": "percent", "item": "quiz-1", "more_than": 90, "by": "2026-03-31"}
WINDOW = {"metric": "score", "at_least": 5, "from": "2026-03-01", "to": "2026-03-07"}


@pytest.fixture
def old(session: Session) -> Context:
    """Build a course that ran in spring, with badges of its own and people."""
    old = a_context(
        session,
        title="Botany in spring",
        board_enabled=True,
        board_rank="hidden",
        term_start=date(2026, 3, 1),
    )
    an_item(session, of=old, key="quiz-1").label = "Quiz 1"
    own(session, old, "quick", criterion=QUICK)
    own(session, old, "early", criterion=WINDOW)
    own(session, old, "helper", threshold=25)
    ada = a_member(session, of=old, name="Ada", board_consent=True)
    helper = session.scalars(sa.select(Badge).filter_by(key="helper")).one()
    an_award(session, ada, helper)
    return old


def own(session: Session, course: Context, key: str, **named: Any) -> Badge:  # noqa: ANN401 -- what a_badge takes
    badge = a_badge(session, of=course, key=key, **named)
    badge.origin = "course"
    return badge


@pytest.fixture
def new(session: Session, old: Context) -> Context:
    """Build the course of the next term: off, as every course begins."""
    new = a_context(
        session,
        registration=old.registration,
        enabled=False,
        title="Botany in autumn",
        term_start=date(2026, 10, 1),
    )
    item = an_item(session, of=new, key="q1")
    item.label = "Quiz 1"
    return new


@pytest.fixture
def iris(session: Session, old: Context) -> Membership:
    return a_member(session, of=old, name="Iris", role="instructor")


@pytest.fixture
def teacher(
    session: Session, client: FlaskClient, new: Context, iris: Membership
) -> Caller:
    return teaching(session, client, new, iris.user)


def teaching(
    session: Session,
    client: FlaskClient,
    course: Context,
    user: User,
    role: str = "instructor",
) -> Caller:
    """Let a person of another course open the tool in this one."""
    member = Membership(
        context_id=course.id,
        user_id=user.id,
        name="Iris",
        role=role,
        first_seen_at=course.created_at,
    )
    session.add(member)
    session.flush()
    return a_caller(session, client, member=member, role=role)


def take(caller: Caller, course: Context, **named: object) -> Any:  # noqa: ANN401 -- whatever JSON holds
    body = {"course": course.public_id, **named}
    return caller.send("POST", f"{caller.course}/imports", body)


def rules(session: Session, course: Context) -> dict[str, tuple[str, object]]:
    """Return the course's own badges: their states and rules."""
    session.rollback()
    query = (
        sa.select(Badge.key, Badge.state, BadgeVersion.criterion)
        .join(BadgeVersion, BadgeVersion.badge_id == Badge.id)
        .where(Badge.context_id == course.id, BadgeVersion.retired_at.is_(None))
        .where(Badge.origin == "course")
    )
    return {key: (state, rule) for key, state, rule in session.execute(query)}


def test_rules_and_settings_come_along_with_their_days_in_the_new_term(
    teacher: Caller, session: Session, old: Context, new: Context
) -> None:
    answer = take(teacher, old)

    assert answer.json == {
        "changes": [
            "The setting board.enabled changes from off to on.",
            "The setting board.rank changes from “absolute” to “hidden”.",
            (
                "The badge “Early” (early) is added: Earn 5 points from 1 October 2026 to 7 "
                "October 2026."
            ),
            "The badge “Helper” (helper) is added: Earn 25 points.",
            (
                "The badge “Quick” (quick) is added: Reach more than 90 % in Quiz 1 by 31 "
                "October 2026."
            ),
        ],
        "drafts": [],
        "mapping": [{"there": "quiz-1", "here": "q1", "label": "Quiz 1"}],
        "dates": [
            (
                "The badge “Early” (early): 2026-03-01 becomes 2026-10-01, 2026-03-07 "
                "becomes 2026-10-07."
            ),
            "The badge “Quick” (quick): 2026-03-31 becomes 2026-10-31.",
        ],
        "stays": [],
    }
    assert rules(session, new) == {
        "early": (
            "active",
            {"all": [{**WINDOW, "from": "2026-10-01", "to": "2026-10-07"}]},
        ),
        "helper": ("active", {"metric": "score", "at_least": 25}),
        "quick": ("active", {"all": [{**QUICK, "item": "q1", "by": "2026-10-31"}]}),
    }


def test_people_awards_and_codes_stay_where_they_are(
    teacher: Caller, session: Session, old: Context, new: Context
) -> None:
    before = session.scalar(sa.select(sa.func.count()).select_from(Membership))

    take(teacher, old)

    session.rollback()
    course = session.get_one(Context, new.id, populate_existing=True)
    assert (course.enabled, course.term_start) == (False, date(2026, 10, 1))
    counts = [
        session.scalar(sa.select(sa.func.count()).where(column == new.id))
        for column in (Award.context_id, ClaimCode.context_id)
    ]
    assert counts == [0, 0]
    assert session.scalar(sa.select(sa.func.count()).select_from(Membership)) == before
    assert session.scalars(sa.select(Outbox)).all() == []
    actions = session.scalars(sa.select(AuditEntry.action).order_by(AuditEntry.id))
    assert actions.all() == ["settings_changed", "course_copied"]


def test_the_catalogs_badges_come_from_the_catalog(
    teacher: Caller, session: Session, old: Context, new: Context
) -> None:
    shipped = a_badge(session, of=old, key="contributor", threshold=9)
    taken_out = own(session, old, "author")
    taken_out.state = "retired"
    session.commit()

    answer = take(teacher, old)

    assert shipped.origin == "shipped"
    session.rollback()
    query = sa.select(Badge.key, Badge.origin, Badge.state).filter_by(context_id=new.id)
    found = {key: (origin, state) for key, origin, state in session.execute(query)}
    assert found["contributor"] == ("shipped", "active")
    assert found["author"] == ("course", "retired")
    assert "contributor" not in str(answer.json)


def test_a_second_time_brings_nothing_new_and_undoes_nothing(
    teacher: Caller, session: Session, old: Context, new: Context
) -> None:
    take(teacher, old)
    text = teacher.get(f"{teacher.course}/configuration").text
    changed = text.replace("at_least = 25", "at_least = 30")
    changed = changed.replace('rank = "hidden"', 'rank = "relative"')
    changed = (
        changed[: changed.index('[[badge]]\nkey = "early"')]
        + changed[changed.index("[[badge]]", changed.index('key = "early"')) :]
    )
    again = take(teacher, old).json
    assert (
        teacher.send_toml("PUT", f"{teacher.course}/configuration", changed).status_code
        == 200
    )

    third = take(teacher, old).json

    assert again == {
        "changes": [],
        "drafts": [],
        "mapping": [{"there": "quiz-1", "here": "q1", "label": "Quiz 1"}],
        "dates": [],
        "stays": [],
    }
    assert third["changes"] == []
    assert third["stays"] == [
        "The settings of the leaderboard were chosen here, and stay.",
        "The badge “Early” (early) was taken out here, and stays so.",
        "The badge “Helper” (helper) is this course's own, and stays as it is.",
    ]
    assert teacher.get(f"{teacher.course}/configuration").text == changed


def test_a_look_at_it_says_the_same_and_writes_nothing(
    teacher: Caller, session: Session, old: Context, new: Context
) -> None:
    body = {"course": old.public_id}
    before = session.scalar(sa.select(sa.func.count()).select_from(Badge))

    looked = teacher.send("POST", f"{teacher.course}/imports/preview", body)

    session.rollback()
    assert session.scalar(sa.select(sa.func.count()).select_from(Badge)) == before
    assert session.scalars(sa.select(AuditEntry)).all() == []
    assert looked.json == take(teacher, old).json


def test_without_terms_the_days_stay_and_are_named(
    teacher: Caller, session: Session, old: Context, new: Context
) -> None:
    old.term_start = None
    session.commit()

    look = teacher.send(
        "POST", f"{teacher.course}/imports/preview", {"course": old.public_id}
    )
    moved = take(teacher, old, shift_days=7)

    assert (look.json or {})["dates"][1] == (
        "The badge “Quick” (quick) keeps its days (2026-03-31): give shift_days, or both "
        "courses' terms."
    )
    assert moved.json["dates"][1] == (
        "The badge “Quick” (quick): 2026-03-31 becomes 2026-04-07."
    )


def test_what_is_not_surely_the_same_comes_as_a_draft_and_is_bound_later(
    teacher: Caller, session: Session, old: Context, new: Context
) -> None:
    query = sa.select(Badge).filter_by(context_id=new.id, key="quick")
    session.execute(sa.text("UPDATE item SET label = 'Other' WHERE key = 'q1'"))
    session.commit()

    first = take(teacher, old).json
    session.rollback()
    draft = session.scalars(query).one().state
    named = rules(session, new)["quick"][1]
    session.execute(sa.text("UPDATE item SET label = 'quiz 1' WHERE key = 'q1'"))
    session.commit()
    second = take(teacher, old).json

    assert first["drafts"] == [
        (
            "The badge quick is a draft: its rule names “Quiz 1”, and no item here is "
            "surely the same."
        )
    ]
    assert draft == "draft"
    assert "unbound:quiz-1 (Quiz 1)" in str(named)
    assert (second["drafts"], len(second["changes"])) == ([], 2)
    assert rules(session, new)["quick"][0] == "active"
    assert take(teacher, old).json["changes"] == []


def test_points_that_nobody_can_have_here_come_as_a_draft(
    teacher: Caller, session: Session, old: Context, new: Context
) -> None:
    rich = {"metric": "score", "at_least": 100, "items": ["quiz-1"]}
    own(session, old, "rich", criterion=rich)
    session.commit()

    taken = take(teacher, old).json

    assert taken["drafts"] == [
        (
            "The badge “Rich” (rich) is a draft. Nobody can reach 100 points: the one "
            "activity gives 8 at most."
        )
    ]
    assert rules(session, new)["rich"][0] == "draft"


def test_a_copy_of_a_copy_is_the_same_once_more(
    teacher: Caller,
    client: FlaskClient,
    session: Session,
    old: Context,
    new: Context,
    iris: Membership,
) -> None:
    third = a_context(session, registration=old.registration, enabled=False)
    an_item(session, of=third, key="x").label = "Quiz 1"
    last = teaching(session, client, third, iris.user)

    take(teacher, old)
    take(last, new, shift_days=0)

    bound = {
        key: (state, str(rule).replace("'x'", "'q1'"))
        for key, (state, rule) in rules(session, third).items()
    }
    assert bound == {
        key: (state, str(rule)) for key, (state, rule) in rules(session, new).items()
    }


def test_a_badge_whose_prerequisite_is_not_here_does_not_come(
    teacher: Caller, session: Session, old: Context, new: Context
) -> None:
    a_badge(session, of=old, key="gone")
    own(session, old, "after", criterion={"badge": "gone"})
    own(session, old, "later", criterion={"badge": "after"})
    session.commit()

    answer = take(teacher, old).json

    assert answer["stays"] == [
        "The badge “After” (after) does not come: it asks for gone, which is not here.",
        "The badge “Later” (later) does not come: it asks for after, which is not here.",
    ]
    assert {*rules(session, new)} == {"early", "helper", "quick"}


def test_weights_come_once_and_from_the_first_day(
    teacher: Caller, session: Session, old: Context, new: Context
) -> None:
    item = session.scalars(sa.select(Item).filter_by(context_id=old.id)).one()
    decided = {"context_id": old.id, "version": 1, "effective_from": NOW}
    session.add_all(
        [
            Scoring(**decided, kind="posted", weight=500_000),
            Scoring(**decided, kind="graded", weight=7_000_000, item_id=item.id),
        ]
    )
    session.commit()

    first = take(teacher, old).json["changes"]
    put = teacher.send(
        "PUT",
        f"{teacher.course}/scoring",
        {"weights": [{"kind": "posted", "weight": 4}]},
    )
    second = take(teacher, old).json

    assert first[2:4] == [
        "What is posted is worth 0.5 points, not 1 points (at most 5 a day).",
        "What is graded in q1 is worth 7 points.",
    ]
    assert put.status_code == 200
    assert second["changes"] == []
    assert second["stays"] == ["What facts are worth was decided here, and stays."]
    weights = (teacher.get(f"{teacher.course}/scoring").json or {})["weights"]
    assert {one["effective_from"] for one in weights} == {None}


def test_a_course_that_is_on_is_looked_at_by_what_came(
    teacher: Caller, session: Session, old: Context, new: Context
) -> None:
    new.enabled = True
    session.commit()

    take(teacher, old)

    session.rollback()
    waiting = session.execute(sa.select(Outbox.job, Outbox.subject_id)).all()
    assert ("evaluate_course", new.id) in waiting


def test_the_same_request_twice_is_answered_as_before(
    teacher: Caller, old: Context
) -> None:
    body = {"course": old.public_id}
    path = f"{teacher.course}/imports"

    first = teacher.send("POST", path, body, Idempotency_Key="one")
    second = teacher.send("POST", path, body, Idempotency_Key="one")

    assert first.json == second.json
    assert len((second.json or {})["changes"]) == 5


def test_a_course_that_is_full_takes_nothing_and_says_so(
    teacher: Caller, session: Session, old: Context, new: Context
) -> None:
    fill(session, new)
    body = {"course": old.public_id}
    before = rules(session, new)

    looked = teacher.send("POST", f"{teacher.course}/imports/preview", body)
    taken = take(teacher, old)

    for answer in (looked, taken):
        assert answer.status_code == 409
        assert "A course has 200 badges at most" in (answer.json or {})["detail"]
    assert rules(session, new) == before
