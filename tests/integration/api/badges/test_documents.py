"""`GET|POST …/badge-documents`: badges that go out, and come in as drafts."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from flask_openapi3.openapi import OpenAPI
from sqlalchemy.orm import Session

from gamification.awards import badges_for
from models import AuditEntry, Context, Membership
from tests.factories import a_badge, a_context, an_item
from tests.integration.gamification.conftest import ON
from tests.support.badges import TWICE, get, put, versions
from tests.support.clock import NOW
from tests.support.documents import COMPLIANCE, OWL, bring, came, told
from tests.support.launches import Caller, a_caller
from tests.support.programs import a_program
from tests.support.statements import statements


def test_another_programs_badge_is_kept_with_its_text_and_its_rule_proposed(
    session: Session, course: Context, ada: Membership, teacher: Caller
) -> None:
    an_item(session, of=course, key="m1").label = "Module 1"
    session.commit()

    answer = bring(teacher, COMPLIANCE)

    proposal = {
        "all": [
            {"metric": "completed", "item": "m1"},
            {"metric": "percent", "item": "quiz", "at_least": 80},
        ]
    }
    assert answer.json == {
        "items": [
            {
                "key": "compliance_101",
                "outcome": "kept",
                "text": "Complete Module 1 and pass quiz with 80% or higher",
                "proposal": proposal,
                "sentence": "Complete m1 and reach 80 % in quiz",
                "unbound": ["quiz"],
                "reason": "",
            }
        ]
    }
    draft = get(teacher, "compliance_101").json
    assert (draft["state"], draft["origin"]) == ("draft", "course")
    assert (draft["source"], draft["proposal"]) == (COMPLIANCE, proposal)
    assert COMPLIANCE in told(teacher)
    seen = badges_for(session, ada, NOW, switch=ON).badges
    assert "compliance_101" not in {badge.key for badge in seen}


def test_the_draft_that_was_kept_is_bound_as_any_other(teacher: Caller) -> None:
    bring(teacher, COMPLIANCE)

    bound = put(teacher, "compliance_101", {**TWICE, "label": "Novice"}).json
    again = bring(teacher, COMPLIANCE)

    assert (bound["state"], bound["source"]) == ("active", COMPLIANCE)
    assert came(again) == [("compliance_101", "known")]
    assert told(teacher)[-1] == {
        "key": "compliance_101",
        "label": "Novice",
        "icon": "🏅",
        "description": "",
        "criterion": {"metric": "events", "at_least": 2},
        "policy": "keep",
        "source": COMPLIANCE,
    }


def test_what_was_read_is_known_where_it_was_read(
    session: Session, teacher: Caller
) -> None:
    bring(teacher, COMPLIANCE, OWL)
    path = f"{teacher.course}/badge-documents"
    read: Any = teacher.get(path).json

    answer: Any = teacher.send("POST", path, read)

    assert {outcome for _, outcome in came(answer)} == {"known"}
    assert teacher.get(path).json == read
    assert versions(session, "owl") == versions(session, "author") == [1]
    assert len(read["items"]) > 2


def test_what_was_read_comes_to_another_course_as_drafts(
    client: FlaskClient, session: Session, teacher: Caller
) -> None:
    bring(teacher, COMPLIANCE)
    put(teacher, "compliance_101", {**TWICE, "state": "active"})
    put(teacher, "twice", {**TWICE, "policy": "revoke", "valid_days": 7})
    bring(teacher, OWL)
    other = a_caller(session, client, of=a_context(session), role="instructor")
    read = [one for one in told(teacher) if one["key"] in {"twice", "owl"}]
    bound = [one for one in told(teacher) if "source" in one]

    answer = bring(other, *read, *bound)

    assert {outcome for _, outcome in came(answer)} == {"kept"}
    assert told(other) == [*read, *bound]
    assert {get(other, one["key"]).json["state"] for one in read} == {"draft"}
    kept = {one["key"]: one for one in answer.json["items"]}
    assert kept["owl"]["unbound"] == ["quiz-1"]
    assert kept["owl"]["sentence"] == "Reach more than 90 % in quiz-1"
    assert kept["compliance_101"]["text"] == COMPLIANCE["criteria"]


def test_a_badge_in_use_stays_as_it_is(session: Session, teacher: Caller) -> None:
    put(teacher, "owl", TWICE)
    put(teacher, "compliance_101", TWICE)
    retired = {**TWICE, "state": "retired"}
    put(teacher, "gone", retired)

    answer = bring(teacher, OWL, COMPLIANCE, {**OWL, "key": "gone"})

    assert [one["outcome"] for one in answer.json["items"]] == ["refused"] * 3
    reason = (
        "there is a badge of this key, and it is no draft: change that one, or give "
        "this one another key"
    )
    assert {one["reason"] for one in answer.json["items"]} == {reason}
    assert versions(session, "owl") == versions(session, "gone") == [1]


def test_a_text_takes_no_rule_away_and_another_rule_takes_its_place(
    session: Session, teacher: Caller
) -> None:
    bring(teacher, COMPLIANCE)
    put(teacher, "compliance_101", {**TWICE, "state": "draft"})
    put(teacher, "later", {"label": "Later", "state": "draft"})
    key = "compliance_101"

    answer = bring(
        teacher,
        *(COMPLIANCE, {**COMPLIANCE, "name": "Expert"}, {**OWL, "key": key}),
        {**COMPLIANCE, "badge_id": "later"},
    )

    outcomes = [one["outcome"] for one in answer.json["items"]]
    assert outcomes == ["known", "refused", "kept", "kept"]
    assert answer.json["items"][1]["reason"] == (
        "there is a draft of this key, and it has a rule: change that one, or give "
        "this one another key"
    )
    assert (versions(session, key), versions(session, "later")) == ([1, 2, 3], [1, 2])
    assert get(teacher, key).json["criterion"] == OWL["criterion"]


def test_what_the_catalog_will_give_a_course_is_not_made_a_draft_of(
    client: FlaskClient, session: Session, teacher: Caller
) -> None:
    """A course that was never on has not its organisation's badges yet."""
    off = a_context(session, enabled=False)
    other = a_caller(session, client, of=off, role="instructor")
    author = next(one for one in told(teacher) if one.get("key") == "author")

    answer = bring(other, author, {**author, "label": "Writer"}, OWL)

    outcomes = [one["outcome"] for one in answer.json["items"]]
    assert outcomes == ["known", "refused", "kept"]
    assert told(other) == [OWL]


def test_another_text_is_a_new_version_and_one_key_comes_once(
    session: Session, teacher: Caller
) -> None:
    bring(teacher, COMPLIANCE)
    changed = {**COMPLIANCE, "name": "Compliance Expert"}

    answer = bring(teacher, changed, changed, COMPLIANCE)

    assert [one["outcome"] for one in answer.json["items"]] == [
        *("kept", "known", "refused")
    ]
    assert answer.json["items"][2]["reason"] == (
        "its key is that of a document above, which says something else"
    )
    assert versions(session, "compliance_101") == [1, 2]
    assert changed in told(teacher)


def test_badges_that_ask_for_each_other_do_not_both_come(teacher: Caller) -> None:
    def asking(key: str, other: str) -> dict[str, Any]:
        return {"key": key, "criterion": {"badge": other}}

    answer = bring(teacher, asking("a", "b"), asking("b", "a"), asking("c", "c"))

    assert [one["outcome"] for one in answer.json["items"]] == [
        *("kept", "refused", "refused")
    ]
    assert [one["reason"] for one in answer.json["items"]][1:] == [
        "badges ask for each other: a → b → a",
        "badges ask for each other: c → c",
    ]


def test_who_brought_what_is_in_the_audit_once(
    session: Session, course: Context, teacher: Caller
) -> None:
    for _ in range(2):
        bring(teacher, COMPLIANCE, OWL, 5)

    session.rollback()
    (entry,) = session.scalars(sa.select(AuditEntry))
    assert entry.action == "badges_imported"
    by = entry.details.pop("by")
    assert len(by) > 10
    assert entry.details == {
        "course": course.public_id,
        "badges": ["compliance_101", "owl"],
        "role": "instructor",
    }


def test_the_same_request_is_answered_once_and_done_once(
    session: Session, teacher: Caller
) -> None:
    first = bring(teacher, COMPLIANCE, Idempotency_Key="one")
    again = bring(teacher, COMPLIANCE, Idempotency_Key="one")
    other = bring(teacher, OWL, Idempotency_Key="one")

    assert first.json == again.json
    assert came(again) == [("compliance_101", "kept")]
    assert other.status_code == 422
    assert versions(session, "compliance_101") == [1]


def test_of_eight_who_bring_the_same_one_makes_the_drafts(
    app: OpenAPI, session: Session, course: Context
) -> None:
    teachers = [
        a_caller(session, app.test_client(), of=course, role="instructor")
        for _ in range(8)
    ]

    with ThreadPoolExecutor(max_workers=8) as threads:
        answers = list(threads.map(lambda one: bring(one, COMPLIANCE, OWL), teachers))

    outcomes = sorted(tuple(one for _, one in came(answer)) for answer in answers)
    assert outcomes == [("kept", "kept"), *[("known", "known")] * 7]
    assert versions(session, "owl") == versions(session, "compliance_101") == [1]


def test_bringing_asks_as_much_for_thirty_documents_as_for_one(
    app: OpenAPI, client: FlaskClient, session: Session
) -> None:
    def asked(number: int) -> int:
        course = a_context(session)
        a_badge(session, of=course, key="there").state = "draft"
        caller = a_caller(session, client, of=course, role="instructor")
        many = [{**COMPLIANCE, "badge_id": f"badge-{n}"} for n in range(number)]
        with statements(app) as sent:
            answer = bring(caller, {**OWL, "key": "there"}, *many)
        assert len(came(answer)) == number + 1
        return len(sent)

    assert asked(1) == asked(30)


@pytest.mark.parametrize("role", ["assistant", "key"])
def test_who_may_read_and_not_write_reads_nobodys_data(
    role: str,
    client: FlaskClient,
    session: Session,
    course: Context,
    ada: Membership,
    teacher: Caller,
) -> None:
    bring(teacher, COMPLIANCE)
    caller = (
        a_program(session, client, course, "courses:read")
        if role == "key"
        else a_caller(session, client, of=course, role=role)
    )

    assert told(caller) == told(teacher)
    assert ada.name not in str(told(caller))
    assert bring(caller, OWL).status_code == 403
