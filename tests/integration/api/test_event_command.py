import json
from pathlib import Path

import pytest
from flask_openapi3.openapi import OpenAPI
from sqlalchemy.orm import Session

from models import Context, Membership
from tests.factories import an_item
from tests.integration.api.test_events import an_event, facts, in_items
from views.commands import event


def test_events_of_a_file_are_recorded_and_wrong_ones_named(
    app: OpenAPI, session: Session, course: Context, ada: Membership
) -> None:
    an_item(session, of=course, key="quiz-1")
    session.commit()
    rows = in_items(ada, event.CHUNK + 1)
    rows[event.CHUNK - 1]["kind"] = "danced"
    args = ["event", "post", "-", "--course", course.public_id]

    result = app.test_cli_runner().invoke(args=args, input=json.dumps(rows))

    lines = result.stdout.splitlines()
    assert result.exit_code == 1
    assert lines[0].startswith("99: kind: Input should be")
    assert lines[1].endswith("new=100 corrected=0 unchanged=0 refused=1 awarded=1")
    assert {fact.source for fact in facts(session)} == {"command"}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
@pytest.mark.parametrize("is_file", [True, False])
def test_one_event_is_enough(
    app: OpenAPI,
    session: Session,
    course: Context,
    ada: Membership,
    tmp_path: Path,
    encoding: str,
    *,
    is_file: bool,
) -> None:
    an_item(session, of=course, key="quiz-1")
    session.commit()
    sent = json.dumps(an_event(ada)).encode(encoding)
    path = tmp_path / "event.json"
    path.write_bytes(sent)
    args = ["event", "post", str(path) if is_file else "-"]

    result = app.test_cli_runner().invoke(
        args=[*args, "--course", course.public_id], input=sent
    )

    assert (result.exit_code, len(facts(session))) == (0, 1)


def test_what_is_not_json_is_refused_with_what_to_do(
    app: OpenAPI, session: Session, course: Context
) -> None:
    session.commit()
    args = ["event", "post", "-", "--course", course.public_id]

    result = app.test_cli_runner().invoke(args=args, input="user,kind\n")

    assert result.exit_code == 1
    assert "give one event, or a list of them" in result.output
