"""Drafts in a course's text: kept as they are, and put in use by no text without sense."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from models import Context, Membership
from tests.factories import a_badge, a_context, a_member, an_item
from tests.support.configuring import badges, badges_in, put, text_of
from tests.support.copying import rules, take, teaching
from tests.support.launches import Caller, a_caller

NOWHERE = {"metric": "completed", "item": "quiz-9"}
DRAFTS: dict[str, dict[str, Any]] = {
    "idle": {"metric": "score", "at_least": 0},
    "late": NOWHERE,
    "lone": {"badge": "owl"},
}
FREE = 'version = 1\n[[badge]]\nkey = "new"\nmetric = "score"\nthreshold = 0\n'


@pytest.fixture
def course(session: Session) -> Context:
    course = a_context(session)
    an_item(session, of=course, key="quiz-1")
    for key, rule in DRAFTS.items():
        badge = a_badge(session, of=course, key=key, criterion=rule)
        badge.state, badge.origin = "draft", "course"
    return course


@pytest.fixture
def iris(session: Session, course: Context) -> Membership:
    return a_member(session, of=course, name="Iris", role="instructor")


@pytest.fixture
def teacher(session: Session, client: FlaskClient, iris: Membership) -> Caller:
    return a_caller(session, client, member=iris, role="instructor")


def in_use(text: str, key: str) -> str:
    """Let one badge of a text be in use; what it says of the badge begins with its key."""
    before, name, after = text.partition(f'key = "{key}"')
    return before + name + after.replace('state = "draft"', 'state = "active"', 1)


def test_the_text_of_a_course_keeps_its_drafts(
    teacher: Caller, session: Session, course: Context
) -> None:
    text, before = text_of(teacher), badges(session, course)

    answer = put(teacher, text)

    assert answer.json == {"changes": [], "drafts": []}
    assert (text_of(teacher), badges(session, course)) == (text, before)
    written = {badge["key"]: badge["criterion"] for badge in badges_in(text)}
    assert written == DRAFTS


def test_another_course_has_them_as_drafts(
    teacher: Caller, client: FlaskClient, session: Session
) -> None:
    other = a_context(session)
    stranger = a_caller(session, client, of=other, role="instructor")

    answer = put(stranger, text_of(teacher))

    assert answer.json["drafts"] == [
        (
            "The badge late is a draft: its rule names “quiz-9”, and nothing here is "
            "surely the same."
        )
    ]
    found = badges(session, other)
    assert {key: state for key, (state, _, _) in found.items()} == dict.fromkeys(
        DRAFTS, "draft"
    )


@pytest.mark.parametrize(
    ("key", "said"),
    [
        (
            "idle",
            (
                "Everybody meets it before doing anything. It can be kept as a draft "
                "alone."
            ),
        ),
        ("late", 'its rule names an item "quiz-9"; there are quiz-1'),
        ("lone", 'it asks for a badge "owl"; there are idle, late, lone'),
    ],
)
def test_a_draft_without_sense_comes_into_use_by_no_text(
    teacher: Caller, session: Session, course: Context, key: str, said: str
) -> None:
    before = badges(session, course)

    answer = put(teacher, in_use(text_of(teacher), key))

    assert answer.status_code == 422
    assert answer.json["detail"].endswith(f", badge {key}: {said}")
    assert badges(session, course) == before


def test_what_is_not_bound_stays_a_draft_and_comes_into_use_once_it_is(
    teacher: Caller, client: FlaskClient, session: Session
) -> None:
    other = a_context(session)
    stranger = a_caller(session, client, of=other, role="instructor")
    put(stranger, text_of(teacher))
    text = text_of(stranger)

    still = put(stranger, in_use(text, "late"))
    an_item(session, of=other, key="quiz-9")
    session.commit()
    bound = in_use(text, "late").replace("unbound:quiz-9", "quiz-9")
    used = put(stranger, bound)

    assert still.json["changes"] == []
    assert still.json["drafts"][0].startswith("The badge late is a draft: its rule ")
    assert (used.status_code, used.json["drafts"]) == (200, [])
    assert badges(session, other)["late"] == ("active", "course", 2)


def test_a_threshold_of_nothing_is_kept_as_a_draft_alone(
    teacher: Caller, session: Session, course: Context
) -> None:
    refused = put(teacher, FREE)
    kept = put(teacher, f'{FREE}state = "draft"\n')

    assert (refused.status_code, kept.status_code) == (422, 200)
    assert badges(session, course)["new"] == ("draft", "course", 1)


def test_drafts_come_along_to_the_next_course_as_drafts(
    client: FlaskClient, session: Session, course: Context, iris: Membership
) -> None:
    new = a_context(session, registration=course.registration, enabled=False)
    teacher = teaching(session, client, new, iris.user)

    answer = take(teacher, course)

    assert answer.status_code == 200
    taken = rules(session, new)
    assert taken["idle"] == ("draft", {"all": [DRAFTS["idle"]]})
    assert taken["late"] == ("draft", {"all": [{**NOWHERE, "item": "unbound:quiz-9"}]})
    assert answer.json["stays"] == [
        "The badge “Lone” (lone) does not come: it asks for owl, which is not here."
    ]
