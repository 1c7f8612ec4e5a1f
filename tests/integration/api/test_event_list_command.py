"""`flask event list`: the log, as an operator reads it."""

from datetime import timedelta

import pytest
from click.testing import Result
from flask_openapi3.openapi import OpenAPI
from sqlalchemy.orm import Session

from gamification.activity import Fact, record
from models import Context, Item, Membership
from tests.factories import POINT, a_context, a_member, an_item
from tests.support.clock import NOW
from tests.support.launches import hand_in


def listed(app: OpenAPI, course: Context, *more: str) -> Result:
    args = ["event", "list", "--course", course.public_id, *more]
    return app.test_cli_runner().invoke(args=args)


def graded(session: Session, ada: Membership, item: Item, score: int) -> None:
    """Let somebody have a result, which is seen an hour later for each point of it."""
    fact = Fact(
        context_id=ada.context_id,
        membership_id=ada.id,
        kind="graded",
        occurred_at=NOW,
        source="moodle",
        item_id=item.id,
        score=score * POINT + POINT // 2,
        maximum=100 * POINT,
    )
    record(session, [fact], NOW + timedelta(hours=score), environment=True)


@pytest.fixture
def ben(session: Session, course: Context, ada: Membership) -> Membership:
    """Let Ada have a result that is corrected, and Ben something else."""
    quiz = an_item(session, of=course, key="quiz-1")
    ben = a_member(session, of=course, name="Ben Birke")
    graded(session, ada, quiz, 1)
    graded(session, ada, quiz, 2)
    spent = Fact(
        context_id=course.id,
        membership_id=ben.id,
        kind="spent",
        occurred_at=NOW - timedelta(hours=1),
        source="test",
        seconds=90,
    )
    record(session, [spent], NOW, environment=True)
    session.commit()
    return ben


def test_the_log_is_told_newest_first_by_our_ids_alone(
    app: OpenAPI, course: Context, ada: Membership, ben: Membership
) -> None:
    ids = ada.user.public_id, ben.user.public_id

    result = listed(app, course, "--tenant", course.tenant.key)

    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        f"2026-11-22T10:00:00Z {ids[0]} graded normal quiz-1 2.5/100 moodle",
        f"2026-11-22T10:00:00Z {ids[0]} graded normal quiz-1 1.5/100 moodle superseded",
        f"2026-11-22T09:00:00Z {ids[1]} spent normal - 90s test",
    ]
    assert not any(name in result.output for name in ("Ada", "Ben"))


def test_a_part_of_the_log_is_asked_for(
    app: OpenAPI, course: Context, ada: Membership, ben: Membership
) -> None:
    user = ben.user.public_id
    asked = [
        ("--user", user),
        ("--kind", "spent"),
        ("--item", "quiz-1"),
        ("--item", "quiz-1", "--user", user),
        ("--limit", "1"),
    ]

    told = [listed(app, course, *more).stdout.splitlines() for more in asked]

    assert [len(lines) for lines in told] == [1, 1, 2, 0, 1]
    assert told[0] == told[1]
    assert "2.5/100" in told[4][0]


def test_more_than_a_page_is_read_page_by_page(
    app: OpenAPI,
    session: Session,
    course: Context,
    ada: Membership,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("views.commands.event.PAGE", 2)
    hand_in(session, ada, times=5)
    session.commit()

    told = [
        len(listed(app, course, "--limit", limit).stdout.splitlines())
        for limit in ("3", "4", "5", "50")
    ]

    assert told == [3, 4, 5, 5]


def test_what_cannot_be_asked_is_said_with_what_to_do(
    app: OpenAPI, session: Session, course: Context, ada: Membership
) -> None:
    stranger = a_member(session, of=a_context(session)).user.public_id
    session.commit()

    people = [listed(app, course, "--user", one) for one in ("nobody", stranger)]
    words = [
        listed(app, course, "--kind", "danced"),
        listed(app, course, "--limit", "0"),
        listed(app, course, "--tenant", "nowhere"),
    ]

    assert [one.exit_code for one in [*people, *words]] == [1, 1, 2, 2, 2]
    assert all("Nobody in the course has this id" in one.stderr for one in people)
    assert "'launched', 'spent', 'submitted'" in words[0].stderr
    assert "x>=1" in words[1].stderr
    assert words[2].stderr.endswith("`flask course list` lists them.\n")
