"""What comes of an earlier course's rules: with the new days, as a draft, or not."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import Badge, Context, Item, Scoring
from tests.factories import a_badge
from tests.integration.api.imports.conftest import QUICK, WINDOW
from tests.support.clock import NOW
from tests.support.copying import own, rules, take
from tests.support.launches import Caller


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
            "The badge quick is a draft: its rule names “Quiz 1”, and nothing here is "
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
