"""`flask audit check` and `list`: how awards came about, and what was decided."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask_openapi3.openapi import OpenAPI
from sqlalchemy.orm import Session

from gamification.awards.giving import Giver
from jobs.decisions import claim
from jobs.noting import note
from lti import audit
from models import Award, Badge, BadgeVersion, Context, Membership
from tests.factories import a_badge, a_context, a_member, a_registration, a_tenant
from tests.integration.gamification.conftest import Flask
from tests.support.awarding import IRIS, an_award
from tests.support.clock import NOW
from tests.support.sealing import decisions, seal, tamper

OTTO = Giver("otto", "instructor")


@pytest.fixture
def course(session: Session) -> Context:
    """Build a course of an organisation named sky."""
    sky = a_registration(session, tenant=a_tenant(session, key="sky"))
    return a_context(session, registration=sky, lti_id="42")


@pytest.fixture
def helper(session: Session, course: Context) -> Badge:
    return a_badge(session, of=course, key="helper")


@pytest.fixture
def ada(session: Session, course: Context, helper: Badge) -> Membership:
    """Build a learner of a course where there is a badge."""
    ada = a_member(session, of=course, sub="17")
    session.commit()
    return ada


def given(flask: Flask) -> None:
    """Let the operator give the platform's 17 the badge."""
    words = ("award", "grant", "--course", "42", "--user", "17", "--badge", "helper")
    assert flask(*words).exit_code == 0


def test_awards_that_were_given_as_awards_are_leave_nothing_to_look_at(
    flask: Flask, ada: Membership, helper: Badge, session: Session
) -> None:
    given(flask)
    session.rollback()
    award = session.scalars(sa.select(Award)).one().public_id
    flask("award", "revoke", award, "--reason", "copied", "--no-bar")
    given(flask)

    result = flask("audit", "check")

    assert (result.exit_code, result.stdout) == (0, "Nothing to look at.\n")


def test_a_rules_award_that_a_person_gives_too_leaves_nothing_to_look_at(
    flask: Flask, ada: Membership, helper: Badge, session: Session
) -> None:
    award = an_award(session, ada, helper)
    award.origin, award.evidence = "rule", {"metric": "events"}
    session.commit()
    given(flask)

    assert flask("audit", "check").exit_code == 0


def told(flask: Flask, *words: str) -> list[str]:
    result = flask("audit", "check", *words)
    *lines, last = result.output.splitlines()
    assert (result.exit_code, last) == (1, f"Error: {len(lines)} to look at.")
    return lines


@pytest.mark.parametrize("origin", ["hand", "import", "code"])
def test_an_award_by_people_that_the_audit_does_not_have_is_named(
    flask: Flask, ada: Membership, helper: Badge, session: Session, origin: str
) -> None:
    award = an_award(session, ada, helper)
    award.origin = origin
    other = a_tenant(session).key
    session.commit()

    lines = told(flask)

    why = f"by people ({origin}); the audit does not have who"
    assert lines == [f"[sky] {ada.context.public_id}: award {award.public_id}: {why}"]
    assert told(flask, "--tenant", "sky") == lines
    assert flask("audit", "check", "--tenant", other).exit_code == 0


@pytest.mark.parametrize(
    "statement",
    [
        """UPDATE award SET evidence = '{"by": "otto", "role": "instructor"}'""",
        "UPDATE award SET origin = 'code'",
        """UPDATE audit_entry SET details = '{"by": "operator", "origin": "hand"}'""",
        "UPDATE audit_entry SET context_id = (SELECT max(id) FROM context)",
    ],
)
def test_an_award_is_somebody_elses_gift_than_the_audit_says(
    flask: Flask, ada: Membership, helper: Badge, session: Session, statement: str
) -> None:
    a_context(session)
    session.commit()
    given(flask)
    tamper(session, statement)

    assert any("the audit does not have who" in one for one in told(flask))


def test_an_award_that_was_noted_and_is_not_there_is_named(
    flask: Flask, ada: Membership, helper: Badge, session: Session
) -> None:
    given(flask)
    session.rollback()
    award = session.scalars(sa.select(Award)).one().public_id
    tamper(session, "DELETE FROM notification", "DELETE FROM award")

    why = "given by entry 1 of the audit; it is not there"
    assert told(flask) == [f"[sky] {ada.context.public_id}: award {award}: {why}"]


def test_two_open_awards_of_a_badge_and_person_are_named(
    flask: Flask, ada: Membership, helper: Badge, session: Session
) -> None:
    first = an_award(session, ada, helper)
    first.ended_at, first.origin = NOW, "rule"
    session.flush()
    second = an_award(session, ada, helper)
    second.origin = "rule"
    session.commit()
    tamper(session, "DROP INDEX uq_award_open", "UPDATE award SET ended_at = NULL")

    why = f"open beside {first.public_id}, of the same badge and person"
    assert told(flask) == [
        f"[sky] {ada.context.public_id}: award {second.public_id}: {why}"
    ]


def test_nobody_can_have_two_open_awards_of_a_badge(
    ada: Membership, helper: Badge, session: Session
) -> None:
    first = an_award(session, ada, helper)
    first.ended_at = NOW
    session.flush()
    an_award(session, ada, helper)
    first.ended_at = None

    with pytest.raises(sa.exc.IntegrityError):
        session.flush()


@pytest.mark.parametrize(
    ("model", "column", "than"),
    [
        (BadgeVersion, "created_at", "its badge was worded so"),
        (Membership, "first_seen_at", "its owner was in the course"),
    ],
)
@pytest.mark.parametrize(("minutes", "is_named"), [(60, False), (61, True)])
def test_an_award_from_before_its_badge_or_owner_was_there_is_named(
    flask: Flask,
    ada: Membership,
    helper: Badge,
    session: Session,
    model: type[BadgeVersion | Membership],
    column: str,
    than: str,
    minutes: int,
    *,
    is_named: bool,
) -> None:
    award = an_award(session, ada, helper)
    award.origin = "rule"
    session.execute(sa.update(model).values({column: NOW + timedelta(minutes=minutes)}))
    session.commit()
    line = (
        f"[sky] {ada.context.public_id}: award {award.public_id}: granted before {than}"
    )

    assert (told(flask) if is_named else []) == ([line] if is_named else [])
    assert flask("audit", "check").exit_code == is_named


@pytest.mark.parametrize(
    ("after", "said"),
    [(59, ["3 awards within the hour until 2026-11-22T10:59:00Z"]), (60, [])],
)
def test_very_many_awards_by_one_giver_within_an_hour_are_told(
    flask: Flask, course: Context, session: Session, after: int, said: list[str]
) -> None:
    badges = [a_badge(session, of=course, key=f"badge-{number}") for number in range(3)]
    ada = a_member(session, of=course)
    for badge, minutes in zip(badges, (0, 30, after), strict=True):
        moment = NOW + timedelta(minutes=minutes)
        award = an_award(session, ada, badge, moment)
        note(session, course, "award_granted", IRIS, moment, of_hand(award))
        if minutes:
            note(session, course, "award_granted", OTTO, NOW, of_hand(award))
    session.commit()

    result = flask("audit", "check", "--most", "2")

    course_named = f"[sky] {course.public_id}: giver iris: gave"
    lines = [f"{course_named} {one}" for one in said]
    assert result.stdout.splitlines() == (lines or ["Nothing to look at."])
    assert flask("audit", "check", "--most", "3").exit_code == 0


def of_hand(award: Award) -> dict[str, str]:
    return {"award": award.public_id, "origin": "hand"}


def test_entries_are_listed_by_ids_alone_the_newest_first(
    app: OpenAPI, flask: Flask, session: Session, course: Context
) -> None:
    decisions(session, a_tenant(session, key="botany"), "a", "b", "c", "d")
    seal(app)
    audit.note(session, "login_refused", NOW)
    note(session, course, "settings_changed", IRIS, NOW, {"title": "Botany"})
    session.commit()
    moment, revoked = "2026-11-22T10:00:00Z", "award_revoked botany - iris"

    def lines(*words: str) -> list[str]:
        return flask("audit", "list", *words).stdout.splitlines()

    newest = [
        f"{moment} settings_changed sky {course.public_id} iris -",
        f"{moment} login_refused - - - -",
    ]
    oldest = [
        f"{moment} {revoked} {place} award={name}"
        for place, name in ((4, "d"), (3, "c"), (2, "b"), (1, "a"))
    ]
    assert lines() == [*newest, *oldest]
    assert lines("--limit", "3") == [*newest, oldest[0]]
    assert lines("--tenant", "botany") == oldest
    assert lines("--course", "42") == newest[:1]
    assert lines("--action", "login_refused") == newest[1:]
    assert lines("--tenant", "sky", "--action", "award_revoked") == []


@pytest.mark.parametrize("command", ["check", "list"])
def test_an_organisation_that_is_not_there_is_said(flask: Flask, command: str) -> None:
    result = flask("audit", command, "--tenant", "nowhere")

    assert result.exit_code == 2
    assert "nowhere" in result.output


def test_an_award_that_was_claimed_by_a_code_is_as_it_should_be(
    app: OpenAPI, flask: Flask, ada: Membership, helper: Badge, session: Session
) -> None:
    words = ("--course", "42", "--badge", "helper", "--uses", "1")
    made = flask("code", "make", *words, "--until", "2026-12-01").stdout.split()
    session.rollback()
    with app.app_context():
        claim(session, ada, made[1], NOW)
        session.commit()

    result = flask("audit", "check")

    assert session.scalars(sa.select(Award.origin)).all() == ["code"]
    assert (result.exit_code, result.stdout) == (0, "Nothing to look at.\n")
