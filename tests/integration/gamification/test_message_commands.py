"""`flask messages …`, as an operator types it."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import AuditEntry, Context, MessageTemplate
from tests.integration.gamification.conftest import Flask

OF = ("--course", "42")
SHIPPED = [
    "award shipped You have earned {badge}.",
    "milestone shipped You have reached {points} points.",
    "expiring shipped {badge} lasts until {date}.",
]


def test_a_message_is_shown_tried_set_and_given_back(
    flask: Flask, session: Session, course: Context
) -> None:
    before = flask("messages", "show", *OF)
    tried = flask("messages", "preview", "award", "Well done: {badge}!", *OF)
    saved = flask("messages", "set", "award", "Well done: {badge}!", *OF)
    shown = flask("messages", "preview", "award", *OF)
    after = flask("messages", "show", *OF, "--tenant", "acme")
    back = flask("messages", "set", "award", "--back", *OF)

    assert before.stdout.splitlines() == SHIPPED
    assert (tried.stdout, shown.stdout) == ("Well done: Author!\n",) * 2
    assert saved.stdout == "award course Well done: {badge}!\n"
    assert after.stdout.splitlines() == [saved.stdout.strip(), *SHIPPED[1:]]
    assert back.stdout.strip() == SHIPPED[0]
    session.rollback()
    assert len(session.scalars(sa.select(MessageTemplate)).all()) == 1
    noted = sa.select(AuditEntry.action).where(AuditEntry.action == "messages_saved")
    assert len(session.scalars(noted).all()) == 2


def test_what_is_wrong_is_said_and_nothing_is_written(
    flask: Flask, session: Session, course: Context
) -> None:
    refused = [
        flask("messages", "set", "award", "{name}!", *OF),
        flask("messages", "preview", "award", "<b>{badge}</b>", *OF),
        flask("messages", "set", "award", *OF),
        flask("messages", "set", "award", "Hooray!", "--back", *OF),
        flask("messages", "set", "praise", "Hooray!", *OF),
        flask("messages", "show", "--course", "no-such"),
    ]

    assert [one.exit_code for one in refused] == [1, 1, 2, 2, 2, 2]
    assert refused[0].stderr == (
        "Error: award: there is no place {name}; there are {badge}, {course}.\n"
    )
    assert refused[1].stderr == (
        "Error: award: it holds a <: messages are plain text.\n"
    )
    assert refused[2].stderr.endswith("Error: Give a text, or --back.\n")
    session.rollback()
    assert session.scalars(sa.select(MessageTemplate)).all() == []
