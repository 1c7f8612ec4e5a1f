"""What a course's staff decide is in the audit once: who did, and about what."""

from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import AuditEntry, Context, Membership
from tests.factories import an_item
from tests.support.launches import Caller

CALENDAR = {"breaks": [{"first": "2026-12-21", "last": "2027-01-03", "name": "Winter"}]}
LEAVE = {"periods": [{"first": "2026-11-23", "last": "2026-11-24"}]}
SET = {"key": "unit-1", "label": "Unit 1", "items": ["quiz-1"]}
WEIGHT = {"kind": "posted", "weight": 0.5}
DECISIONS: dict[str, tuple[str, dict[str, Any], dict[str, Any]]] = {
    "settings": ("settings_changed", {"board": {"enabled": True}}, {}),
    "calendar": ("calendar_saved", CALENDAR, {}),
    "levels": ("levels_saved", {"base": 30, "growth": 1.25}, {}),
    "members/ada/excused": ("leave_saved", LEAVE, {"user": "ada"}),
    "item-sets": ("item_sets_saved", {"sets": [SET]}, {"sets": ["unit-1"]}),
    "messages": (
        "messages_saved",
        {"messages": {"award": "Well done: {badge}!"}},
        {"kinds": ["award"]},
    ),
    "scoring": ("scoring_saved", {"weights": [WEIGHT]}, {"version": 1}),
}


@pytest.mark.parametrize("path", DECISIONS)
def test_a_decision_is_noted_with_who_made_it_and_once(
    session: Session, teacher: Caller, ada: Membership, course: Context, path: str
) -> None:
    ada.user.public_id = "ada"
    an_item(session, of=course, key="quiz-1")
    session.commit()
    action, body, said = DECISIONS[path]

    answers = [teacher.send("PUT", f"{teacher.course}/{path}", body) for _ in "ab"]

    assert [answer.status_code for answer in answers] == [200, 200]
    entry = session.scalars(sa.select(AuditEntry)).one()
    who = {"course": course.public_id, "by": "iris", "role": "instructor"}
    if path == "settings":
        said = {"settings": entry.details["settings"]}
    assert (entry.action, entry.details) == (action, {**who, **said})
    assert (entry.tenant_id, entry.context_id) == (course.tenant_id, course.id)
