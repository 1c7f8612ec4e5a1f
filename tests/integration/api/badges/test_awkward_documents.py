"""Documents that are none: each is told what is wrong, and the others are kept."""

from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask_openapi3.openapi import OpenAPI
from sqlalchemy.orm import Session

from gamification.awards.saving import MOST_BADGES
from gamification.copying.documents import LARGEST
from models import Badge, BadgeVersion, Context
from tests.integration.api.test_locks import SAID, lock
from tests.support.clock import NOW
from tests.support.documents import COMPLIANCE, OWL, bring, came, told
from tests.support.launches import Caller

DEEP: Any = 1
for _ in range(58):
    DEEP = [DEEP]
ITEMS = [f"{number}-{'x' * 120}" for number in range(199)]
LONG = {"all": [{"metric": "events", "items": ITEMS, "at_least": 1}] * 3}
AWKWARD: list[tuple[object, str, str]] = [
    (None, "", "it is not a table of fields"),
    ([], "", "it is not a table of fields"),
    ("compliance_101", "", "it is not a table of fields"),
    ({}, "", "it has no badge_id, and no key either"),
    ({"name": "Nameless"}, "", "it has no badge_id, and no key either"),
    ({"badge_id": 7}, "", "it has no name"),
    ({"badge_id": "half \ud83d"}, "half ?", "it has no name"),
    ({**COMPLIANCE, "badge_id": ["x"]}, "", "its badge_id is not a text"),
    ({**COMPLIANCE, "badge_id": "../x"}, "../x", "its badge_id needs letters,"),
    ({**COMPLIANCE, "badge_id": "b" * 65}, f"{'b' * 64}…", "its badge_id needs"),
    ({**COMPLIANCE, "name": "\x00"}, "compliance_101", "its name is too long or"),
    ({**COMPLIANCE, "name": "\ud83d"}, "compliance_101", "its name is too long or"),
    ({**COMPLIANCE, "criteria": DEEP}, "compliance_101", "its criteria is not a"),
    ({**COMPLIANCE, "key": "owl"}, "compliance_101", 'unknown field "key"; there'),
    ({**OWL, "key": None}, "", "its key is not a text"),
    ({**OWL, "label": "O\x00wl"}, "owl", "its label holds a character that cannot"),
    ({**OWL, "description": "\udc00"}, "owl", "its description holds a character"),
    ({**OWL, "state": "active"}, "owl", 'unknown field "state"; there are key,'),
    ({**OWL, "metric": "events"}, "owl", "it has a criterion and also a metric or"),
    ({**OWL, "criterion": DEEP}, "owl", "its criterion cannot be used: this is not"),
    ({**OWL, "criterion": {"metric": DEEP}}, "owl", "its criterion cannot be used:"),
    ({**OWL, "criterion": {"item": "\ud83d"}}, "owl", "its criterion cannot be used:"),
    ({**OWL, "policy": ["keep"]}, "owl", 'its policy is "keep" or "revoke"'),
    ({**OWL, "valid_days": 10**300}, "owl", "its valid_days is not between 1 and"),
    ({**OWL, "valid_days": float("inf")}, "owl", "its valid_days is not a whole"),
    ({**OWL, "source": []}, "owl", "it is not a table of fields"),
    ({**OWL, "source": {"badge_id": "x"}}, "owl", "it has no name"),
    ({**OWL, "criterion": LONG}, "owl", "it is longer than 64 kB"),
    ({"key": "big", "metric": "events", "threshold": 10**300}, "big", "its threshold"),
    ({"key": "nan", "metric": "events", "threshold": float("nan")}, "nan", "its thr"),
]


def test_each_is_told_what_is_wrong_and_the_others_are_kept(teacher: Caller) -> None:
    sent = [document for document, _, _ in AWKWARD]

    answer = bring(teacher, OWL, *sent, COMPLIANCE)

    first, *between, last = answer.json["items"]
    assert (first["outcome"], last["outcome"]) == ("kept", "kept")
    assert {one["outcome"] for one in between} == {"refused"}
    assert [one["key"] for one in between] == [key for _, key, _ in AWKWARD]
    reasons = [one["reason"] for one in between]
    expected = [reason for _, _, reason in AWKWARD]
    cut = [one[: len(e)] for one, e in zip(reasons, expected, strict=True)]
    assert cut == expected
    assert told(teacher)[-2:] == [OWL, COMPLIANCE]


def test_where_nothing_can_be_read_that_is_what_is_answered(teacher: Caller) -> None:
    assert came(bring(teacher, 1, None)) == [("", "refused"), ("", "refused")]
    assert bring(teacher).json == {"items": []}


@pytest.mark.parametrize(
    "body",
    [
        [],
        {},
        {"items": None},
        {"items": {}},
        {"items": COMPLIANCE},
        {"items": [], "colour": "red"},
        {"items": [1] * (MOST_BADGES + 1)},
        COMPLIANCE,
    ],
)
def test_what_holds_no_list_of_documents_is_refused(
    body: object, teacher: Caller
) -> None:
    before = told(teacher)

    answer = teacher.send("POST", f"{teacher.course}/badge-documents", body)

    assert answer.status_code == 422
    assert answer.content_type == "application/problem+json"
    assert told(teacher) == before


def test_more_than_is_taken_at_once_is_refused(teacher: Caller) -> None:
    long = {**COMPLIANCE, "criteria": "x" * LARGEST}

    assert bring(teacher, *[long] * 20).status_code == 200
    assert bring(teacher, *[long] * 70).status_code == 413


def test_a_course_has_so_many_badges_and_no_more(
    app: OpenAPI, session: Session, course: Context, teacher: Caller, tmp_path: Path
) -> None:
    """By the command, too; a draft that is there may say something else."""
    fill(session, course, MOST_BADGES - 1)
    path = tmp_path / "owl.json"
    path.write_text('{"key": "eule", "metric": "events", "threshold": 2}')

    answer = bring(teacher, OWL, COMPLIANCE, {**OWL, "label": "Eule"})
    by_command = app.test_cli_runner().invoke(
        args=["catalog", "import", str(path), "--course", course.public_id]
    )

    reason = (
        "A course has 200 badges at most, those that are retired included: take the "
        "key of one of these."
    )
    first, second, third = answer.json["items"]
    assert (first["outcome"], third["outcome"]) == ("kept", "refused")
    assert (second["outcome"], second["reason"]) == ("refused", reason)
    assert by_command.stdout == f"eule: refused: {reason}\n"
    assert by_command.exit_code == 1
    assert came(bring(teacher, {**OWL, "label": "Eule"})) == [("owl", "kept")]


def fill(session: Session, course: Context, number: int) -> None:
    """Let a course have so many badges, one of them retired."""
    there = session.scalars(sa.select(Badge).where(Badge.context_id == course.id)).all()
    there[0].state = "retired"
    more = [
        Badge(context_id=course.id, key=f"badge-{n}")
        for n in range(number - len(there))
    ]
    session.add_all(more)
    session.flush()
    rule = {"metric": "events", "at_least": 2}
    words = {"label": "Badge", "icon": "🏅", "criterion": rule, "created_at": NOW}
    session.add_all(
        BadgeVersion(badge_id=badge.id, number=1, **words) for badge in more
    )
    session.commit()


def test_what_is_locked_stays_and_its_neighbours_come(
    app: OpenAPI, course: Context, teacher: Caller, tmp_path: Path
) -> None:
    bring(teacher, OWL)
    lock(app, tmp_path, course.tenant.key, "badges.owl", "badges.author")
    author = next(one for one in told(teacher) if one.get("key") == "author")

    answer = bring(teacher, OWL, {**OWL, "label": "Eule"}, author, COMPLIANCE)

    outcomes = [one["outcome"] for one in answer.json["items"]]
    assert outcomes == ["known", "refused", "known", "kept"]
    assert answer.json["items"][1]["reason"] == SAID.format("badges.owl")


def test_where_all_badges_are_locked_the_operator_alone_brings_some(
    app: OpenAPI, session: Session, course: Context, teacher: Caller, tmp_path: Path
) -> None:
    lock(app, tmp_path, course.tenant.key, "badges")
    path = tmp_path / "owl.json"
    path.write_text('{"key": "eule", "metric": "events", "threshold": 2}')
    session.commit()

    answer = bring(teacher, OWL)
    by_command = app.test_cli_runner().invoke(
        args=["catalog", "import", str(path), "--course", course.public_id]
    )

    assert came(answer) == [("owl", "refused")]
    assert by_command.stdout.startswith("eule: kept as a draft\n")
    assert told(teacher)[-1]["key"] == "eule"
