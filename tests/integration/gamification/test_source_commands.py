"""`flask course list`, `sources` and `dismiss`: which courses there are to take from."""

import pytest
import sqlalchemy as sa
from flask_openapi3.openapi import OpenAPI
from sqlalchemy.orm import Session

from models import Context, CopyProposal
from tests.factories import a_badge, a_context, a_tenant
from tests.integration.gamification.conftest import Flask
from tests.support.clock import NOW
from tests.support.copying import own
from tests.support.statements import statements

NAMING = 4
"""Finding one course by its id, with how fresh it is."""


@pytest.fixture
def new(session: Session, course: Context) -> Context:
    """Build a course whose platform says that it is a copy of botany."""
    new = a_context(session, registration=course.registration, lti_id="43", title="New")
    own(session, course, "helper")
    values = {"context_id": new.id, "source_id": course.id, "created_at": NOW}
    session.add(CopyProposal(found_by="notice", **values))
    session.commit()
    return new


def proposal(session: Session) -> tuple[str, str | None]:
    session.rollback()
    found = session.scalars(sa.select(CopyProposal)).one()
    return found.state, found.decided_by


def test_courses_are_listed_organisation_by_organisation(
    flask: Flask,
    session: Session,
    course: Context,
    new: Context,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("views.commands.paging.SIZE", 1)
    new.enabled = False
    theirs = a_context(session, lti_id="42", title="Chemistry")
    lines = [
        f"{course.public_id} 42 acme on Botany",
        f"{new.public_id} 43 acme off New",
        f"{theirs.public_id} 42 {theirs.tenant.key} on Chemistry",
    ]
    session.commit()

    assert flask("course", "list").stdout.splitlines() == lines
    assert flask("course", "list", "--tenant", "acme").stdout.splitlines() == lines[:2]


def test_a_course_is_on_where_all_three_say_so(
    flask: Flask, session: Session, course: Context
) -> None:
    course.tenant.enabled = False
    session.commit()

    assert " acme off Botany" in flask("course", "list").stdout


def test_an_organisation_that_is_not_there_is_said(flask: Flask) -> None:
    result = flask("course", "list", "--tenant", "nowhere")

    assert result.exit_code == 2
    assert "There is no tenant nowhere" in result.stderr


@pytest.mark.parametrize("others", [1, 3])
def test_lists_cost_the_same_however_long(
    app: OpenAPI, flask: Flask, session: Session, new: Context, others: int
) -> None:
    for number in range(others):
        one = a_context(session, registration=new.registration)
        own(session, one, f"badge-{number}")
    session.commit()

    with statements(app) as listing:
        listed = flask("course", "list").stdout.splitlines()
    with statements(app) as naming:
        sources = flask("course", "sources", "--course", "43").stdout.splitlines()

    assert (len(listed), len(sources)) == (others + 2, others + 1)
    assert (len(listing), len(naming)) == (1, NAMING + 1)


def test_what_may_be_taken_is_the_organisations_and_the_proposed_comes_first(
    flask: Flask, session: Session, course: Context, new: Context
) -> None:
    other, plain = (
        a_context(session, registration=course.registration, title=title)
        for title in ("Zoology", "Plain")
    )
    own(session, other, "keen")
    a_badge(session, of=plain, key="contributor")
    own(session, a_context(session), "theirs")
    lines = [
        f"{course.public_id} 1 proposed Botany",
        f"{other.public_id} 1 Zoology",
    ]
    session.commit()

    told = flask("course", "sources", "--course", "43")

    assert told.stdout.splitlines() == lines


def test_what_is_proposed_is_dismissed_once(
    flask: Flask, session: Session, course: Context, new: Context
) -> None:
    words = ("course", "dismiss", "--course", "43", "--source", course.public_id)

    first, again = flask(*words), flask(*words)

    assert first.stdout == "dismissed\n"
    assert again.stdout == "It is not proposed, or somebody has decided already.\n"
    assert (first.exit_code, again.exit_code) == (0, 0)
    assert proposal(session) == ("dismissed", "operator")
    assert "proposed" not in flask("course", "sources", "--course", "43").stdout


def test_what_was_copied_is_proposed_no_more(
    flask: Flask, session: Session, new: Context
) -> None:
    words = ("course", "copy", "--from", "42", "--to", "43")

    flask(*words, "--dry-run")
    during = proposal(session)
    flask(*words)

    assert during == ("proposed", None)
    assert proposal(session) == ("accepted", "operator")


def test_another_organisations_course_is_neither_found_nor_dismissed(
    flask: Flask, session: Session, course: Context, new: Context
) -> None:
    theirs = a_context(session).public_id
    other = a_tenant(session).key
    session.commit()
    words = ("course", "dismiss", "--course", "43", "--source")

    foreign = flask(*words, theirs)
    elsewhere = flask(*words, "42", "--tenant", other)
    listed = flask("course", "sources", "--course", "43", "--tenant", other)

    for told in (foreign, elsewhere, listed):
        assert told.exit_code == 2
        assert "No course has this id" in told.stderr
    assert proposal(session) == ("proposed", None)
