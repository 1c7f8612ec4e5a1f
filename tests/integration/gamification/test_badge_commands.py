"""`flask badge …`, as an operator types it."""

import json
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import AuditEntry, Award, Context
from tests.integration.gamification.conftest import Flask
from tests.support.badges import STARTER_AND_LATE

FILE = f"""{STARTER_AND_LATE}
[[badge]]
key = "idea"
state = "draft"

[[badge]]
key = "bad key"

[[badge]]
key = "odd"
metric = "events"
threshold = 1
threshhold = 2
"""


def test_a_file_is_saved_badge_by_badge(
    flask: Flask, session: Session, course: Context, tmp_path: Path
) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(FILE)

    first, again = (flask("badge", "save", str(path), "--course", "42") for _ in "ab")
    listed = flask("badge", "list", "--course", "42")

    assert first.stdout.splitlines() == [
        "starter: active, version 1",
        (
            'late: refused: criterion.item: there is no item "quiz-9"; '
            "there are none yet"
        ),
        "idea: draft, version 1",
        "?: refused: it has no key of letters, digits, dots, dashes or underscores",
        "odd: refused: threshhold: Extra inputs are not permitted",
    ]
    assert again.stdout.splitlines()[0] == "starter: active, version 1, as it was"
    assert (first.exit_code, again.exit_code) == (1, 1)
    assert listed.stdout.splitlines() == [
        "starter active course Starter",
        "idea draft course Idea",
    ]
    session.rollback()
    assert len(session.scalars(sa.select(Award)).all()) == 3
    (noted, _) = session.scalars(sa.select(AuditEntry.details))
    assert noted["by"] == "operator"
    assert (noted["badge"], noted["version"], noted["state"]) == (
        "starter",
        1,
        "active",
    )


def test_a_badge_is_held_resumed_retired_and_put_back(
    flask: Flask, session: Session, course: Context
) -> None:
    flask("gamification", "recompute", "--tenant", "acme")

    said = [
        flask("badge", verb, "author", "--course", "42").stdout
        for verb in ("hold", "resume", "retire", "reset", "reset")
    ]

    assert said == [
        "author: held, version 1\n",
        "author: active, version 1\n",
        "author: retired, version 1\n",
        "author: active, version 1\n",
        "author: active, version 1, as it was\n",
    ]
    shown = json.loads(flask("badge", "show", "author", "--course", "42").stdout)
    assert (shown["origin"], shown["criterion"]) == (
        "shipped",
        {"metric": "authored", "at_least": 5},
    )


def test_what_is_not_there_or_cannot_be_is_said_and_what_to_do(
    flask: Flask, session: Session, course: Context, tmp_path: Path
) -> None:
    path = tmp_path / "idea.json"
    path.write_text(json.dumps({"key": "idea", "state": "draft"}))
    flask("badge", "save", str(path), "--course", "42")

    results = [
        flask("badge", verb, key, "--course", "42")
        for verb, key in (
            ("show", "owl"),
            ("hold", "owl"),
            ("reset", "owl"),
            ("resume", "idea"),
            ("reset", "idea"),
        )
    ]

    none = "Error: The course has no such badge; `flask badge list` names them.\n"
    assert [result.stderr for result in results] == [
        *[none] * 3,
        "Error: It has no rule yet. Change the rule, or save it as a draft.\n",
        (
            "Error: No layer below the course has a badge of this key: "
            "retire it instead.\n"
        ),
    ]
    assert {result.exit_code for result in results} == {1}


def test_what_nobody_can_meet_for_now_is_used_by_the_word_anyway(
    flask: Flask, session: Session, course: Context, tmp_path: Path
) -> None:
    path = tmp_path / "mine.toml"
    after = '[[badge]]\nkey = "after"\ncriterion = {badge = "idea"}\n'
    idea = '[[badge]]\nkey = "idea"\nstate = "draft"\n'

    def save(text: str) -> str:
        path.write_text(text)
        return flask("badge", "save", str(path), "--course", "42").stdout

    def become(verb: str, *words: str) -> str:
        result = flask("badge", verb, "after", "--course", "42", *words)
        return result.stdout or result.stderr

    refused = save(idea + after)
    kept = save(f'{after}state = "draft"\n')
    states = [become("resume"), become("hold"), become("resume", "--anyway")]
    retired = become("retire")
    held = become("hold", "--anyway")
    stricter = after.replace(
        '{badge = "idea"}',
        '{all = [{badge = "idea"}, {metric = "events", at_least = 1}]}',
    )
    again = save(f"{stricter}anyway = true\n")

    why = 'Nobody gains the badge "idea" for now: it is a draft.'
    told = (
        f"Error: {why} Change the rule, or say --anyway if what is missing will come.\n"
    )
    assert refused.splitlines()[1] == (
        f"after: refused: {why} Change the rule, save it as a draft, or say anyway = "
        "true if what is missing will come."
    )
    assert kept == "after: draft, version 1\n"
    assert states == [told, told, "after: active, version 1\n"]
    assert retired == "after: retired, version 1\n"
    assert held == "after: held, version 1\n"
    assert again == "after: active, version 2\n"


def test_what_a_draft_names_and_is_not_there_is_not_used_anyway(
    flask: Flask, session: Session, course: Context, tmp_path: Path
) -> None:
    path = tmp_path / "late.toml"
    path.write_text(f'{STARTER_AND_LATE}state = "draft"\n')

    kept = flask("badge", "save", str(path), "--course", "42")
    refused = flask("badge", "resume", "late", "--course", "42", "--anyway")
    shown = json.loads(flask("badge", "show", "late", "--course", "42").stdout)

    said = 'criterion.item: there is no item "quiz-9"; there are none yet'
    assert kept.stdout.splitlines()[1] == "late: draft, version 1"
    assert (refused.exit_code, refused.stderr) == (1, f"Error: {said}\n")
    assert (shown["state"], shown["findings"]) == ("draft", [said])
