"""A badge as a draft, held, retired: who gains it, who keeps it, and what is shown."""

import pytest
from sqlalchemy.orm import Session

from gamification.awards import badges_for
from gamification.catalog import Catalog
from gamification.copying.drafting import keep_drafts
from models import Context, Item, Membership
from tests.factories import a_member, an_item
from tests.integration.gamification.conftest import ON
from tests.support.badges import TWICE, get, holders, put
from tests.support.clock import NOW
from tests.support.launches import Caller, hand_in

COMPLIANCE = {
    "badge_id": "compliance_101",
    "name": "Compliance Novice",
    "description": "Completed the basic compliance training module",
    "criteria": "Complete Module 1 and pass quiz with 80% or higher",
}
QUIZ = {"label": "Quiz", "criterion": {"metric": "completed", "item": "quiz-1"}}


@pytest.fixture
def quiz(session: Session, course: Context) -> Item:
    quiz = an_item(session, of=course, key="quiz-1")
    session.commit()
    return quiz


def test_a_rule_that_makes_no_sense_is_kept_as_a_draft_with_what_is_wrong(
    session: Session, ada: Membership, teacher: Caller
) -> None:
    calm = {"criterion": {"metric": "events", "at_most": 3}, "state": "draft"}

    answer = put(teacher, "calm", calm)

    assert answer.status_code == 201
    assert answer.json["findings"] == ["Everybody meets it before doing anything."]
    assert holders(session, "calm") == 0
    assert "calm" not in {
        badge.key for badge in badges_for(session, ada, NOW, switch=ON).badges
    }


def test_a_draft_may_be_without_a_rule_and_be_completed_later(
    session: Session, ada: Membership, teacher: Caller
) -> None:
    draft = put(teacher, "later", {"label": "Later", "state": "draft"})
    done = put(teacher, "later", {**TWICE, "label": "Later"})

    assert draft.json["criterion"] is None
    assert draft.json["findings"] == ["It has no rule yet."]
    assert (done.json["state"], done.json["version"]) == ("active", 2)
    assert holders(session, "later") == 1


def test_another_programs_badge_is_bound_and_keeps_its_text(
    session: Session, course: Context, ada: Membership, teacher: Caller
) -> None:
    item = an_item(session, of=course, key="m1")
    item.label = "Module 1"
    keep_drafts(session, course, [COMPLIANCE], Catalog(), NOW)
    session.commit()
    draft = get(teacher, "compliance_101").json

    rule = {"metric": "completed", "item": "m1"}
    bound = put(
        teacher, "compliance_101", {**draft, "criterion": rule, "state": "active"}
    )

    assert (draft["state"], draft["criterion"]) == ("draft", None)
    assert draft["source"] == bound.json["source"] == COMPLIANCE
    assert (bound.json["criterion"], bound.json["proposal"]) == (rule, None)
    assert (bound.json["label"], bound.json["state"]) == ("Compliance Novice", "active")


def test_a_badge_that_is_held_is_neither_gained_nor_lost_and_progress_shows(
    session: Session, course: Context, ada: Membership, teacher: Caller
) -> None:
    ben = a_member(session, of=course)
    session.commit()
    put(teacher, "twice", {**TWICE, "policy": "revoke"})
    held = put(teacher, "twice", {**TWICE, "policy": "revoke", "state": "held"})
    hand_in(session, ben, times=2)
    session.commit()

    shown = {b.key: b for b in badges_for(session, ben, NOW, switch=ON).badges}
    before = holders(session, "twice")
    resumed = put(teacher, "twice", {**TWICE, "policy": "revoke"})

    assert (held.json["state"], held.json["held_at"]) == (
        "held",
        "2026-11-22T10:00:00Z",
    )
    assert (shown["twice"].earned, shown["twice"].progress) == (False, 2)
    assert (before, holders(session, "twice")) == (1, 2)
    assert (resumed.json["state"], resumed.json["version"]) == ("active", 1)


def test_a_shipped_badge_that_is_held_stays_in_its_layer(
    ada: Membership, teacher: Caller
) -> None:
    read = get(teacher, "author").json

    held = put(teacher, "author", {**read, "state": "held"}).json
    retired = put(teacher, "author", {**read, "state": "retired"}).json

    assert (held["state"], held["origin"]) == ("held", "shipped")
    assert (retired["state"], retired["origin"]) == ("retired", "course")


def test_who_has_a_retired_badge_keeps_it_and_nobody_gains_it(
    session: Session, course: Context, ada: Membership, teacher: Caller
) -> None:
    ben = a_member(session, of=course)
    session.commit()
    put(teacher, "twice", TWICE)

    put(teacher, "twice", {**TWICE, "state": "retired"})
    hand_in(session, ben, times=2)
    session.commit()

    assert holders(session, "twice") == 1
    assert get(teacher, "twice").json["state"] == "retired"


def test_a_badge_whose_item_is_gone_is_held_reworded_and_retired(
    session: Session, quiz: Item, teacher: Caller
) -> None:
    put(teacher, "quiz", QUIZ)
    quiz.gone_at = NOW
    session.commit()
    read = get(teacher, "quiz").json

    reworded = put(teacher, "quiz", {**read, "label": "The quiz"})
    held = put(teacher, "quiz", {**read, "state": "held"})
    resumed = put(teacher, "quiz", read)
    retired = put(teacher, "quiz", {**read, "state": "retired"})

    statuses = [a.status_code for a in (reworded, held, resumed, retired)]
    assert statuses == [200, 200, 422, 200]
    assert resumed.json["detail"].startswith(
        'criterion.item: there is no item "quiz-1"'
    )
    assert read["findings"][0].startswith('criterion.item: there is no item "quiz-1"')


def test_a_list_has_all_badges_whatever_their_state(
    session: Session, course: Context, teacher: Caller
) -> None:
    keep_drafts(session, course, [COMPLIANCE], Catalog(), NOW)
    session.commit()
    put(teacher, "twice", TWICE)
    put(teacher, "twice", {**TWICE, "state": "held"})
    put(teacher, "author", {**get(teacher, "author").json, "state": "retired"})

    listed = teacher.get(f"{teacher.course}/written-badges").json

    assert listed is not None
    assert listed["next"] is None
    states = {one["key"]: one["state"] for one in listed["items"]}
    assert states["compliance_101"] == "draft"
    assert (states["twice"], states["author"]) == ("held", "retired")
    assert {one["origin"] for one in listed["items"]} == {"shipped", "course"}
    assert listed["items"][-1] == {
        "key": "twice",
        "label": "Twice",
        "icon": "🏅",
        "state": "held",
        "origin": "course",
        "version": 1,
    }
