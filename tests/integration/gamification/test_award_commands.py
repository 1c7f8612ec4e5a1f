"""`flask award …`, as an operator types it."""

from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import Award, Context, Membership
from tests.factories import a_badge, a_context, a_member
from tests.integration.gamification.conftest import Flask
from tests.support.awarding import noted


@pytest.fixture
def ada(session: Session) -> Membership:
    """Build a learner of Botany, where there is a badge, whom the platform calls 17."""
    course = a_context(session, lti_id="42", title="Botany", time_zone="Europe/Berlin")
    a_badge(session, of=course, key="helper")
    ada = a_member(session, of=course, name="Ada Ahorn", sub="17")
    ada.user.public_id = "ada"
    session.commit()
    return ada


def the_award(session: Session) -> Award:
    session.rollback()
    query = sa.select(Award).execution_options(populate_existing=True)
    return session.scalars(query).one()


def test_a_badge_is_given_and_had(
    flask: Flask, ada: Membership, session: Session
) -> None:
    words = ("award", "grant", "--course", "42", "--user", "17", "--badge", "helper")

    first = flask(*words, "--reason", "week  3", "--until", "2027-01-31")
    second = flask(*words)

    award = the_award(session)
    assert first.output == f"{award.public_id} granted\n"
    assert second.output == f"{award.public_id} had it already\n"
    assert award.evidence == {
        "by": "operator",
        "role": "operator",
        "reason": "week 3",
    }
    # The last day ends where the course is.
    assert str(award.expires_at) == "2027-01-31 23:00:00+00:00"
    assert noted(session) == [("award_granted", "operator", "operator")]


def test_a_badge_is_taken_back_lifted_and_listed(
    flask: Flask, ada: Membership, session: Session
) -> None:
    flask("award", "grant", "--course", "42", "--user", "ada", "--badge", "helper")
    award = the_award(session).public_id

    outputs = [
        flask("award", "revoke", award, "--reason", "copied").output,
        flask("award", "list", "--course", "42").output,
        flask("award", "lift", award).output,
        flask("award", "list", "--course", "42", "--user", "ada").output,
        flask("award", "list", "--course", "42", "--badge", "none").output,
    ]

    day = "helper ada Ada Ahorn 2026-11-22 copied"
    assert outputs == [
        f"{award} revoked\n",
        f"{award} revoked barred {day}\n",
        f"{award} lifted\n",
        f"{award} revoked {day}\n",
        "",
    ]
    session.rollback()
    actions = [action for action, *_ in noted(session)]
    assert actions == ["award_granted", "award_revoked", "award_lifted"]


def test_a_badge_that_was_taken_back_without_a_bar_is_given_again(
    flask: Flask, ada: Membership, session: Session
) -> None:
    grant = ("award", "grant", "--course", "42", "--user", "ada", "--badge", "helper")
    flask(*grant)
    award = the_award(session).public_id

    revoked = flask("award", "revoke", award, "--reason", "a mistake", "--no-bar")
    again = flask(*grant)

    assert (revoked.exit_code, again.exit_code) == (0, 0)
    assert again.output.endswith("granted\n")


def test_a_list_of_many_is_whole(
    flask: Flask, ada: Membership, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("views.commands.paging.SIZE", 1)
    a_badge(session, of=ada.context, key="speaker")
    session.commit()
    for badge in ("helper", "speaker"):
        flask("award", "grant", "--course", "42", "--user", "ada", "--badge", badge)

    lines = flask("award", "list", "--course", "42").output.splitlines()

    assert [line.split()[2] for line in lines] == ["speaker", "helper"]


def test_what_cannot_be_is_a_sentence_and_exit_code_1(
    flask: Flask, ada: Membership, session: Session
) -> None:
    a_context(session, lti_id="42")
    session.commit()
    course = session.get_one(Context, ada.context_id).public_id
    grant = ("award", "grant", "--badge", "helper", "--user")

    results = [
        flask(*grant, "nobody", "--course", course),
        flask("award", "revoke", "nothing", "--reason", "x"),
        flask("award", "lift", "nothing"),
        flask(*grant, "ada", "--course", course, "--until", "9999-12-31"),
    ]

    assert [result.exit_code for result in results] == [1, 1, 1, 2]
    assert "user: nobody in this course has this id" in results[0].output
    assert "There is no such award" in results[1].output


def test_an_id_that_several_courses_have_is_told_apart_by_the_organisation(
    flask: Flask, ada: Membership, session: Session
) -> None:
    other = a_context(session, lti_id="42")
    here = session.get_one(Context, ada.context_id)
    session.commit()
    grant = ("award", "grant", "--badge", "helper", "--user", "ada", "--course")

    results = [
        flask(*grant, "nowhere"),
        flask(*grant, "42"),
        flask(*grant, "42", "--tenant", here.tenant.key),
        flask("award", "list", "--course", "42", "--tenant", other.tenant.key),
        flask("award", "list", "--course", "42", "--tenant", here.tenant.key),
    ]

    assert [result.exit_code for result in results] == [2, 2, 0, 0, 0]
    assert "No course has this id" in results[0].stderr
    assert here.public_id in results[1].stderr
    assert other.public_id in results[1].stderr
    assert results[3].output == ""
    assert len(results[4].output.splitlines()) == 1


def test_what_is_over_is_not_taken_back(
    flask: Flask, ada: Membership, session: Session
) -> None:
    flask("award", "grant", "--course", "42", "--user", "ada", "--badge", "helper")
    award = the_award(session).public_id
    words = ("award", "revoke", award, "--reason")

    results = [flask(*words, reason) for reason in ("expired", "copied", "again", " ")]

    assert [result.exit_code for result in results] == [1, 0, 1, 2]
    assert "This award is over already." in results[2].output


def test_a_file_is_imported_and_its_wrong_rows_are_told(
    flask: Flask, ada: Membership, session: Session, tmp_path: Path
) -> None:
    file = tmp_path / "badges.csv"
    file.write_text("user,badge,reason\n17,helper,week 3\nnobody,helper,\n")
    name = f"{ada.context.tenant.key} {ada.context.public_id} Botany"
    words = ("award", "import", str(file), "--course", "42")
    session.rollback()

    trial = flask(*words, "--dry-run")
    real = flask(*words)

    wrong = "line 3: user: nobody in this course has this id"
    counts = f"{name}: granted=1 held=0 refused=1"
    assert trial.stdout.splitlines() == [
        wrong,
        f"{counts} (dry run: nothing was written)",
    ]
    assert real.stdout.splitlines() == [wrong, counts]
    assert (trial.exit_code, real.exit_code) == (1, 1)
    award = the_award(session)
    assert (award.origin, award.evidence["by"]) == ("import", "operator")


def test_a_file_that_is_no_table_is_refused(
    flask: Flask, ada: Membership, tmp_path: Path
) -> None:
    file = tmp_path / "badges.csv"
    file.write_text("who,what\n17,helper\n")

    result = flask("award", "import", str(file), "--course", "42")

    assert result.exit_code == 1
    assert "The first line has to be: user,badge,reason" in result.output
