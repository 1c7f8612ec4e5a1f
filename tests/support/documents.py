"""Badges as documents, as the API takes and tells them."""

from typing import Any

from tests.support.launches import Caller

COMPLIANCE = {
    "badge_id": "compliance_101",
    "name": "Compliance Novice",
    "description": "Completed the basic compliance training module",
    "image_url": "https://yourdomain.com/badges/compliance-novice.png",
    "criteria": "Complete Module 1 and pass quiz with 80% or higher",
    "issued_date": "2024-05-01",
}
"""To the letter as the requirements have it."""
OWL = {
    "key": "owl",
    "label": "Owl",
    "icon": "🦉",
    "description": "Up late",
    "criterion": {"metric": "percent", "item": "quiz-1", "more_than": 90},
    "policy": "revoke",
    "valid_days": 30,
}
"""A badge of a course's own, as an export has it."""


def bring(teacher: Caller, *documents: object, **headers: str) -> Any:  # noqa: ANN401 -- werkzeug's answer
    """Send documents to a teacher's course."""
    path = f"{teacher.course}/badge-documents"
    return teacher.send("POST", path, {"items": list(documents)}, **headers)


def came(answer: Any) -> list[tuple[str, str]]:  # noqa: ANN401 -- werkzeug's answer
    """Return the key and the outcome of each document."""
    assert answer.status_code == 200, answer.text
    return [(one["key"], one["outcome"]) for one in answer.json["items"]]


def told(caller: Caller) -> list[dict[str, Any]]:
    """Return a course's badges as documents."""
    answer: Any = caller.get(f"{caller.course}/badge-documents")
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json["items"]
    return items
