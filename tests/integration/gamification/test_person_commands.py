"""`flask person …`, and what a merged person is to a platform."""

from datetime import datetime

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from jobs.dues import due_scores
from lti.members import store
from lti.roster import Member
from models import AuditEntry, Membership, ScoreItem, UserIdentity
from tests.factories import a_badge, a_member, a_tenant, a_user
from tests.integration.gamification.conftest import Flask
from tests.support.awarding import an_award
from tests.support.merging import merged


@pytest.fixture
def ada(session: Session) -> Membership:
    return a_member(session, sub="old")


@pytest.fixture
def twin(session: Session, ada: Membership) -> Membership:
    return a_member(session, of=ada.context, sub="new")


def test_two_users_are_merged_listed_and_parted(
    flask: Flask, session: Session, ada: Membership, twin: Membership
) -> None:
    kept, gone = ada.user.public_id, twin.user.public_id
    session.commit()

    said = flask("person", "merge", kept, gone).output.split()
    during = flask("person", "list").output
    back = flask("person", "unmerge", said[0])
    after = flask("person", "list").output

    assert said[1:] == ["merged"]
    assert during.startswith(f"{said[0]} merged {kept} {gone} ")
    assert back.output == f"{said[0]} taken back\n"
    assert after.startswith(f"{said[0]} taken_back ")
    session.rollback()
    noted = session.scalars(sa.select(AuditEntry).order_by(AuditEntry.id)).all()
    assert [one.action for one in noted] == ["person_merged", "person_parted"]
    by_operator = {"merge": said[0], "by": "operator", "role": "operator"}
    assert [one.details for one in noted] == [by_operator, by_operator]
    users = sa.select(UserIdentity.user_id).order_by(UserIdentity.id)
    assert session.scalars(users).all() == [ada.user_id, twin.user_id]


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("merge", "x", "y"), "kept: nobody has this id; take Laurel's own"),
        (("unmerge", "x"), "There is no such merge: `flask person list`."),
    ],
)
def test_ids_of_nobody_are_refused(
    flask: Flask, words: tuple[str, ...], why: str
) -> None:
    result = flask("person", *words)

    assert (result.exit_code, result.output) == (1, f"Error: {why}\n")


def test_an_organisation_that_is_named_has_a_word_in_its_own_people_alone(
    flask: Flask, session: Session, ada: Membership, twin: Membership
) -> None:
    kept, gone = ada.user.public_id, twin.user.public_id
    ours = ("--tenant", ada.context.tenant.key)
    theirs = ("--tenant", a_tenant(session).key)
    session.commit()

    refused = flask("person", "merge", kept, gone, *theirs)
    merge = flask("person", "merge", kept, gone, *ours).output.split()[0]
    others = flask("person", "unmerge", merge, *theirs)
    listed = [flask("person", "list", *whose).output for whose in (ours, theirs, ())]
    back = flask("person", "unmerge", merge, *ours)

    assert refused.output == "Error: kept: nobody has this id; take Laurel's own\n"
    assert others.output == "Error: There is no such merge: `flask person list`.\n"
    assert listed == [listed[0], "", listed[0]]
    assert listed[0].startswith(f"{merge} merged {kept} {gone} ")
    assert back.output == f"{merge} taken back\n"


def test_people_of_two_organisations_are_never_one(
    flask: Flask, session: Session, ada: Membership
) -> None:
    kept, other = ada.user.public_id, a_user(session).public_id
    session.commit()

    result = flask("person", "merge", kept, other)

    assert result.output == "Error: They belong to different organisations.\n"


@pytest.mark.parametrize("words", [("merge", "x", "y"), ("unmerge", "x"), ("list",)])
def test_an_organisation_that_is_not_there_is_said(
    flask: Flask, words: tuple[str, ...]
) -> None:
    result = flask("person", *words, "--tenant", "nowhere")

    assert result.exit_code == 2
    assert "nowhere" in result.output


def test_a_roster_that_names_both_ids_names_one_person(
    session: Session, now: datetime, ada: Membership, twin: Membership
) -> None:
    merged(session, ada, twin)
    rows = [Member("old", "Ada", "learner"), Member("new", "Ada A.", "instructor")]

    stored = store(session, ada.context, rows, now)
    session.refresh(ada)

    assert stored.written == (ada.id,)
    assert ada.role == "instructor"


def test_a_mark_is_sent_to_the_id_the_platform_knows_now(
    session: Session, now: datetime, ada: Membership, twin: Membership
) -> None:
    an_award(session, ada, a_badge(session, of=ada.context))
    line = ScoreItem(context_id=ada.context_id, url="https://lms/1", label="Badges")
    session.add(line)
    merged(session, ada, twin)

    due = list(due_scores(session, ada.context_id, now, refused_until=now))

    assert [(one.membership_id, one.sub) for one in due] == [(ada.id, "new")]
