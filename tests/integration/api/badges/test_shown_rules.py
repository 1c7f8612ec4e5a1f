"""What earns a badge, as a sentence and as a rule, for everybody who may read it."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from flask_openapi3.openapi import OpenAPI
from sqlalchemy.orm import Session

from gamification.activity.item_sets import SetTold, set_item_sets
from gamification.catalog import Criterion
from gamification.catalog.rules.naming import named_in
from jobs.api_keys import COURSES_READ
from models import Context
from tests.factories import a_badge, a_member, an_item
from tests.support.clock import NOW
from tests.support.launches import a_caller, a_live_course
from tests.support.programs import a_program
from tests.support.statements import statements

TREE = {
    "all": [
        {"metric": "percent", "item": "quiz-1", "more_than": 90},
        {"any": [{"metric": "completed", "item_set": "unit-1"}, {"badge": "author"}]},
        {"none": [{"metric": "score", "at_least": 500, "from": "2026-11-01"}]},
    ]
}
ALONE = {"metric": "completed", "item_set": "unit-1"}


@pytest.fixture
def course(session: Session) -> Context:
    course = a_live_course(session)
    quiz = an_item(session, of=course, key="quiz-1")
    told = [SetTold("unit-1", "module", "Unit 1", (quiz.id,))]
    set_item_sets(session, course, "moodle", told, NOW)
    a_badge(session, of=course, key="tree", criterion=TREE)
    a_badge(session, of=course, key="alone", criterion=ALONE)
    return course


def rules_in(listed: Any) -> dict[str, Any]:  # noqa: ANN401 -- whatever JSON holds
    return {badge["key"]: badge["rule"] for badge in listed}


def test_everybody_reads_the_rule_as_it_is_written(
    session: Session, client: FlaskClient, course: Context
) -> None:
    learner = a_caller(session, client, of=course)
    teacher = a_caller(session, client, of=course, role="instructor")
    program = a_program(session, client, course, COURSES_READ)

    listed = [
        rules_in((one.get(f"{one.course}/badges").json or {})["items"])
        for one in (learner, teacher, program)
    ]
    mine = rules_in((learner.get("/api/me/badges").json or {})["badges"])

    assert listed[0]["author"] == {"metric": "authored", "at_least": 5}
    assert (listed[0]["tree"], listed[0]["alone"]) == (TREE, ALONE)
    assert listed == [mine] * 3


def test_a_rule_names_what_is_in_the_course_and_nobody(
    session: Session, client: FlaskClient, course: Context
) -> None:
    ada = a_member(session, of=course, name="Ada Ahorn")
    learner = a_caller(session, client, of=course)

    rules = rules_in((learner.get("/api/me/badges").json or {})["badges"])

    named = {
        (one.kind, one.key)
        for rule in rules.values()
        for one in named_in(Criterion.from_json(rule).rule, "rule")
    }
    assert named == {("item", "quiz-1"), ("item set", "unit-1"), ("badge", "author")}
    assert ada.user.public_id not in str(rules)
    assert ada.name not in str(rules)


def test_rules_cost_no_statement_more(
    app: OpenAPI, session: Session, client: FlaskClient, course: Context
) -> None:
    learner = a_caller(session, client, of=course)

    def cost() -> int:
        with statements(app) as sent:
            learner.get("/api/me/badges")
        return len(sent)

    few = cost()
    for number in range(20):
        a_badge(session, of=course, key=f"more-{number}", criterion=TREE)
    session.commit()

    assert cost() == few
