"""`flask experiment …`, as an operator types it."""

import json

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gamification.experiments import experiments_of, find_experiment, variant_of
from models import AuditEntry, Context, Experiment
from tests.factories import a_member
from tests.integration.gamification.conftest import Flask
from tests.support.clock import NOW

OF = ("--course", "42")
HALVES = ("--kind", "messages", "--variant", "warm=50", "--variant", "plain=50")


def test_an_experiment_is_saved_begun_paused_and_ended(
    flask: Flask, session: Session, course: Context
) -> None:
    told = [
        flask("experiment", *words, *OF)
        for words in (
            ("save", "words", *HALVES),
            ("save", "words", *HALVES),
            ("start", "words"),
            ("list",),
            ("stop", "words"),
            ("start", "words"),
            ("save", "words", *HALVES, "--variant", "short=0"),
            ("end", "words", "--tenant", "acme"),
        )
    ]

    shares = "messages warm=50 plain=50"
    assert [one.stdout.strip() for one in told] == [
        f"words off {shares}",
        f"words off {shares}, as it was",
        f"words on {shares}",
        f"words on {shares}",
        f"words off {shares}",
        f"words on {shares}",
        f"words on {shares} short=0",
        f"words ended {shares} short=0",
    ]
    assert {one.exit_code for one in told} == {0}
    session.rollback()
    noted = session.scalars(sa.select(AuditEntry.details)).all()
    assert [(said["state"], said["by"]) for said in noted] == [
        (state, "operator") for state in ("off", "on", "off", "on", "on", "ended")
    ]


def test_an_experiment_is_shown_with_its_people_in_numbers(
    flask: Flask, session: Session, course: Context
) -> None:
    flask("experiment", "save", "words", *HALVES, *OF)
    flask("experiment", "start", "words", *OF)
    session.rollback()
    experiment = find_experiment(session, course.id, "words")
    assert experiment is not None
    seen = variant_of(session, experiment, a_member(session, of=course), NOW)
    session.commit()

    shown = json.loads(flask("experiment", "show", "words", *OF).stdout)

    assert (shown["key"], shown["state"]) == ("words", "on")
    assert shown["variants"] == {"warm": 50, "plain": 50}
    assert shown["people"][seen] == 1


def test_what_cannot_be_is_said_with_what_to_do(
    flask: Flask, session: Session, course: Context
) -> None:
    flask("experiment", "save", "words", *HALVES, *OF)

    refused = [
        flask("experiment", *words, *OF)
        for words in (
            ("show", "nothing"),
            ("start", "nothing"),
            ("end", "words"),
            ("save", "more", "--kind", "messages", "--variant", "a=1"),
            ("save", "more", *HALVES, "--variant", "more=1"),
        )
    ]

    missing = "The course has no such experiment; `flask experiment list` names them."
    early = (
        "state: it is not on and nobody was assigned in it, so there is nothing to "
        "end: leave it off"
    )
    shares = "variants: weights are whole, none is below 0, and they add up to 1 to 100"
    assert [one.stderr for one in refused] == [
        f"Error: {missing}\n",
        f"Error: {missing}\n",
        f"Error: {early}.\n",
        "Error: variants: an experiment compares two variants, or up to 20.\n",
        f"Error: {shares}.\n",
    ]
    assert {one.exit_code for one in refused} == {1}
    (only,) = experiments_of(session, course.id)
    assert (only.key, only.state) == ("words", "off")


def test_what_cannot_be_read_is_said_and_nothing_is_written(
    flask: Flask, session: Session, course: Context
) -> None:
    refused = [
        flask("experiment", "save", key, "--kind", kind, "--variant", "a=1", *more, *OF)
        for key, kind, *more in (
            ("words", "colours"),
            ("words", "messages", "--variant", "b"),
            ("words", "messages", "--variant", "b=many"),
            ("words", "messages", "--variant", "two words=5"),
            ("words", "messages", "--variant", "a=5"),
            ("two words", "messages", "--variant", "b=5"),
        )
    ]
    elsewhere = flask("experiment", "list", "--course", "no-such")

    assert {one.exit_code for one in [*refused, elsewhere]} == {2}
    last = [one.stderr.splitlines()[-1] for one in refused]
    assert "'board_form', 'badge_set', 'messages'" in last[0]
    assert last[1].endswith("b is no variant with its weight, as in a=50.")
    assert last[2].endswith("b=many is no variant with its weight, as in a=50.")
    assert last[3].startswith("Error: A variant's key takes 1 to 64 letters, digits")
    assert last[4] == "Error: --variant names one variant twice."
    assert last[5].startswith("Error: An experiment's key takes 1 to 64 letters")
    assert elsewhere.stderr.endswith("`flask course list` lists them.\n")
    assert session.scalars(sa.select(Experiment)).all() == []
