"""The shapes of a course's badges as documents, and of what came of some."""

from typing import Any, Literal

from pydantic import Field

from gamification.awards.saving import MOST_BADGES
from views.api.examples import example, shown
from views.api.schemas import Answer, SentBack


class DocumentList(Answer):
    model_config = example(
        items=[
            {
                "badge_id": "compliance_101",
                "name": "Compliance Novice",
                "description": "Completed the basic compliance training module",
                "criteria": "Complete Module 1 and pass quiz with 80% or higher",
            },
        ],
        next=None,
    )

    items: list[dict[str, Any]]
    """Other programs' badges to the letter, with their `badge_id`; the others, with
    their `key`, as a catalog has them."""
    next: None = None


class DocumentsBrought(SentBack):
    """Badges to keep as drafts, each looked at by itself; or what was read."""

    read_only = frozenset({"next"})
    model_config = example(
        items=[
            {
                "badge_id": "compliance_101",
                "name": "Compliance Novice",
                "description": "Completed the basic compliance training module",
                "image_url": "https://yourdomain.com/badges/compliance-novice.png",
                "criteria": "Complete Module 1 and pass quiz with 80% or higher",
                "issued_date": "2024-05-01",
            }
        ]
    )

    items: list[Any] = Field(max_length=MOST_BADGES)


class DocumentTaken(Answer):
    """What came of one document."""

    model_config = example(
        key="compliance_101",
        outcome="kept",
        text="Complete Module 1 and pass quiz with 80% or higher",
        proposal={"metric": "completed", "item": "module-1"},
        sentence="Complete Module 1",
        unbound=[],
        reason="",
    )

    key: str
    """As it says it; empty where it says none."""
    outcome: Literal["kept", "known", "refused"]
    """`known`: the course has it, as it is here."""
    text: str
    """What another program says earns it, as it says it."""
    proposal: dict[str, Any] | None
    """The rule that it has, or that its text seems to say; nobody earns by it until
    the badge is made active."""
    sentence: str
    """That rule in words."""
    unbound: list[str]
    """What the rule names and the course does not have, or not once: to be bound."""
    reason: str
    """Why it is refused."""


class DocumentsTaken(Answer):
    """What came of each document, in their order."""

    model_config = example(items=[shown(DocumentTaken)])

    items: list[DocumentTaken]
