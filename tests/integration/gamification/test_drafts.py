"""Another program's badges: kept to the letter, proposed, and nobody's until bound."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from gamification.awards import badges_for, evaluate
from gamification.catalog import Criterion, adopt, load
from models import AuditEntry, Badge, BadgeVersion, Context, Membership
from tests.factories import a_badge, a_context, an_item
from tests.integration.gamification.conftest import ON, Flask
from tests.support.documents import COMPLIANCE, OWL
from tests.support.launches import CATALOG


def imported(flask: Flask, folder: Path, *badges: object) -> Any:  # noqa: ANN401 -- click's result
    path = folder / "badges.json"
    path.write_text(json.dumps(list(badges) if len(badges) > 1 else badges[0]))
    return flask("catalog", "import", str(path), "--course", "42")


def exported(flask: Flask) -> list[dict[str, Any]]:
    badges: list[dict[str, Any]] = json.loads(
        flask("catalog", "export", "--course", "42").stdout
    )
    return badges


def test_the_seeds_badge_is_kept_and_its_rule_proposed(
    flask: Flask, session: Session, course: Context, tmp_path: Path
) -> None:
    an_item(session, of=course, key="m1").label = "Module 1"
    an_item(session, of=course, key="q7").label = "The quiz of week 7"
    session.commit()

    result = imported(flask, tmp_path, COMPLIANCE)

    assert result.stdout.splitlines() == [
        "compliance_101: kept as a draft",
        "  it says: Complete Module 1 and pass quiz with 80% or higher",
        "  proposed: Complete m1 and reach 80 % in q7",
    ]
    assert result.exit_code == 0
    assert exported(flask) == [COMPLIANCE]


def test_what_no_item_or_more_than_one_is_called_is_left_to_bind(
    flask: Flask, session: Session, course: Context, tmp_path: Path
) -> None:
    for number in (1, 2):
        an_item(session, of=course).label = f"Quiz {number}"
    session.commit()

    result = imported(flask, tmp_path, COMPLIANCE)

    assert result.stdout.splitlines()[2:] == [
        "  proposed: Complete Module 1 and reach 80 % in quiz",
        "  to bind: Module 1",
        "  to bind: quiz",
    ]


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("Score above 90% ", None),
        (
            "Scores above 90% on a quiz",
            {"metric": "percent", "item": "quiz", "more_than": 90},
        ),
        (
            "Score the final exam above 90%",
            {"metric": "percent", "item": "final exam", "more_than": 90},
        ),
        (
            "Pass quiz with at least 79.5 %.",
            {"metric": "percent", "item": "quiz", "at_least": 79.5},
        ),
        ("Finish the essay", {"metric": "completed", "item": "essay"}),
        ("Be nice to others", None),
        ("Complete Module 1 and be nice", None),
    ],
)
def test_a_text_is_understood_whole_or_not_at_all(
    flask: Flask,
    session: Session,
    course: Context,
    tmp_path: Path,
    text: str,
    rule: dict[str, Any] | None,
) -> None:
    imported(flask, tmp_path, {**COMPLIANCE, "criteria": text})

    session.rollback()
    (stored,) = session.scalars(sa.select(BadgeVersion.criterion))
    assert stored["proposal"] == rule
    assert rule is None or Criterion.from_json(rule).to_document() == rule


def test_nobody_earns_or_sees_a_draft(
    flask: Flask, session: Session, course: Context, now: datetime, tmp_path: Path
) -> None:
    imported(flask, tmp_path, COMPLIANCE)
    adopt(session, course, load(CATALOG), now)
    evaluate(session, course, now, switch=ON)

    member = session.scalars(sa.select(Membership)).first()
    assert member is not None
    keys = {badge.key for badge in badges_for(session, member, now, switch=ON).badges}
    assert "compliance_101" not in keys
    draft = session.scalars(sa.select(Badge).where(Badge.key == "compliance_101")).one()
    assert (draft.state, draft.origin) == ("draft", "course")


def test_what_was_imported_is_in_the_audit_once(
    flask: Flask, session: Session, course: Context, tmp_path: Path
) -> None:
    for _ in range(2):
        imported(flask, tmp_path, COMPLIANCE)

    session.rollback()
    (entry,) = session.scalars(sa.select(AuditEntry))
    assert (entry.action, entry.details) == (
        "badges_imported",
        {
            "course": course.public_id,
            "badges": ["compliance_101"],
            "by": "operator",
            "role": "operator",
        },
    )


def test_the_same_again_changes_nothing_and_another_text_is_a_new_version(
    flask: Flask, session: Session, course: Context, tmp_path: Path
) -> None:
    changed = {**COMPLIANCE, "name": "Compliance Expert"}
    said = [
        imported(flask, tmp_path, badge).stdout.splitlines()[0]
        for badge in (COMPLIANCE, COMPLIANCE, changed)
    ]

    session.rollback()
    numbers = session.scalars(sa.select(BadgeVersion.number).order_by(BadgeVersion.id))
    assert numbers.all() == [1, 2]
    assert exported(flask) == [changed]
    assert said == [
        "compliance_101: kept as a draft",
        "compliance_101: there already",
        "compliance_101: kept as a draft",
    ]


def test_what_cannot_be_kept_is_named_and_the_others_are_kept(
    flask: Flask, session: Session, course: Context, tmp_path: Path
) -> None:
    a_badge(session, of=course, key="taken", metric="events", threshold=2)
    session.commit()
    nameless = {name: text for name, text in COMPLIANCE.items() if name != "name"}

    result = imported(
        *(flask, tmp_path, nameless, 5, {**COMPLIANCE, "badge_id": "taken"}),
        *({**COMPLIANCE, "colour": "red"}, {**COMPLIANCE, "issued_date": "May"}),
        COMPLIANCE,
    )

    assert [line for line in result.stdout.splitlines() if "refused" in line] == [
        "compliance_101: refused: it has no name",
        "?: refused: it is not a table of fields",
        (
            "taken: refused: there is a badge of this key, and it is no draft: change "
            "that one, or give this one another key"
        ),
        (
            'compliance_101: refused: unknown field "colour"; there are badge_id, name, '
            "description, image_url, criteria, issued_date, expiration_date"
        ),
        "compliance_101: refused: its issued_date is not a date such as 2024-05-01",
    ]
    assert result.exit_code == 1
    assert [badge.get("key") for badge in exported(flask)] == ["taken", None]


def test_a_course_s_own_rules_are_exported_as_a_catalog_has_them(
    flask: Flask, session: Session, course: Context, tmp_path: Path
) -> None:
    rule = {"any": [{"badge": "a"}, {"metric": "percent", "item": "b", "at_least": 8}]}
    a_badge(session, of=course, key="owl", criterion=rule)
    session.commit()

    (badge,) = exported(flask)

    assert (badge["key"], badge["criterion"], badge["policy"]) == ("owl", rule, "keep")


def test_what_was_exported_is_imported_into_another_course(
    flask: Flask, session: Session, course: Context, tmp_path: Path
) -> None:
    a_badge(session, of=course, key="asks", criterion={"badge": "owl"}).position = 5
    a_context(session, registration=course.registration, lti_id="43")
    session.commit()
    imported(flask, tmp_path, COMPLIANCE, OWL)
    path = tmp_path / "export.json"
    path.write_text(flask("catalog", "export", "--course", "42").stdout)

    there, elsewhere = (
        flask("catalog", "import", str(path), "--course", id_) for id_ in ("42", "43")
    )

    assert [line for line in there.stdout.splitlines() if line[0] != " "] == [
        *(f"{key}: there already" for key in ("asks", "compliance_101", "owl"))
    ]
    assert elsewhere.stdout.splitlines()[:2] == [
        "asks: kept as a draft",
        "  proposed: Earn the badge owl",
    ]
    assert elsewhere.stdout.splitlines()[-3:] == [
        "owl: kept as a draft",
        "  proposed: Reach more than 90 % in quiz-1",
        "  to bind: quiz-1",
    ]
    printed = flask("catalog", "export", "--course", "43").stdout
    assert printed == path.read_text()
