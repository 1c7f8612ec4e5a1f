"""`flask messages …`, as an operator types it."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gamification.catalog.messages import PLACES
from models import AuditEntry, Context, MessageTemplate
from models.news import KINDS
from tests.integration.gamification.conftest import Flask

OF = ("--course", "42")
SHIPPED = [
    "award shipped You have earned {badge}.",
    "milestone shipped You have reached {points} points.",
    "expiring shipped {badge} lasts until {date}.",
    "expired shipped {badge} lasted until {date}.",
    "revoked shipped {badge} was taken back; its page says why.",
    "lifted shipped You can earn {badge} again.",
    "renewed shipped {badge} now lasts until {date}.",
    "level shipped You have reached level {level}.",
    "personal_best shipped Your best so far: {best}.",
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


def test_every_kind_of_news_can_be_told_in_the_courses_words(
    flask: Flask, course: Context
) -> None:
    saved = [
        flask("messages", "set", kind, f"In {{course}}: {{{PLACES[kind][0]}}}", *OF)
        for kind in KINDS
    ]
    after = flask("messages", "show", *OF)

    assert [one.exit_code for one in saved] == [0] * len(KINDS)
    assert after.stdout.splitlines() == [one.stdout.strip() for one in saved]
    assert {line.split()[1] for line in after.stdout.splitlines()} == {"course"}


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
