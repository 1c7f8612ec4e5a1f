"""`…/experiments`: made and changed by who teaches, read by staff, in numbers."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from flask_openapi3.openapi import OpenAPI
from sqlalchemy.orm import Session

from jobs.api_keys import COURSES_READ
from models import AuditEntry, Context, Experiment, Membership
from tests.factories import a_context, a_member
from tests.support.copying import take, teaching
from tests.support.experiments import PLAN, a_running_experiment, expose
from tests.support.launches import Caller, a_caller
from tests.support.programs import a_program, problem

NOBODY = 0


def put(
    teacher: Caller, content: dict[str, Any], key: str = "board", **headers: str
) -> Any:  # noqa: ANN401 -- werkzeug's answer
    path = f"{teacher.course}/experiments/{key}"
    return teacher.send("PUT", path, content, **headers)


def test_an_experiment_is_made_read_begun_and_ended(
    teacher: Caller, session: Session
) -> None:
    made = put(teacher, PLAN)
    begun = put(teacher, {**made.json, "state": "on"}, If_Match=made.headers["ETag"])
    again = put(teacher, PLAN, If_Match=begun.headers["ETag"])
    ended = put(teacher, {**PLAN, "state": "ended"})

    assert [one.status_code for one in (made, begun, again, ended)] == [201, *[200] * 3]
    assert made.json == {
        "key": "board",
        "kind": "board_form",
        "state": "off",
        "created_at": "2026-11-22T10:00:00Z",
        "variants": {"absolute": 50, "relative": 50},
        "people": {"absolute": NOBODY, "relative": NOBODY},
    }
    # Left out, the state stays as it is.
    assert begun.json == again.json == {**made.json, "state": "on"}
    assert ended.json == {**made.json, "state": "ended"}
    one: Any = teacher.get(f"{teacher.course}/experiments/board")
    every: Any = teacher.get(f"{teacher.course}/experiments")
    assert (one.json, one.headers["ETag"]) == (ended.json, ended.headers["ETag"])
    assert every.json == {"items": [ended.json], "next": None}
    session.rollback()
    noted = session.scalars(sa.select(AuditEntry).order_by(AuditEntry.id)).all()
    assert [(row.action, row.details["state"]) for row in noted] == [
        ("experiment_saved", state) for state in ("off", "on", "ended")
    ]
    assert noted[0].details == {
        "course": teacher.course_id,
        "experiment": "board",
        "kind": "board_form",
        "state": "off",
        "variants": PLAN["variants"],
        "by": "iris",
        "role": "instructor",
    }


def test_staff_read_how_many_have_a_variant_and_nobodys_name(
    teacher: Caller, session: Session, client: FlaskClient, ada: Membership
) -> None:
    a_running_experiment(session, ada.context)
    caller = a_caller(session, client, member=ada)
    seen = [expose(caller).json["variant"] for _ in range(2)]
    a_member(session, of=ada.context)  # who was shown nothing yet
    session.commit()

    path = f"{teacher.course}/experiments/board"
    found = teacher.get(path)
    read = a_program(session, client, ada.context, COURSES_READ).get(path)

    assert found.json is not None
    assert found.json["people"] == {
        **dict.fromkeys(PLAN["variants"], NOBODY),
        seen[0]: 1,
    }
    assert read.json == found.json
    assert "Ada" not in found.text
    assert ada.user.public_id not in found.text


def test_that_people_come_makes_no_decision_old(
    teacher: Caller, session: Session, client: FlaskClient, ada: Membership
) -> None:
    a_running_experiment(session, ada.context)
    session.commit()
    path = f"{teacher.course}/experiments/board"
    read = teacher.get(path).headers["ETag"]
    expose(a_caller(session, client, member=ada))

    late = put(teacher, {**PLAN, "kind": "messages"}, If_Match=read)
    weights = {"absolute": 1, "relative": 0, "hidden": 9}
    changed = put(teacher, {**PLAN, "variants": weights}, If_Match=read)

    said = (
        "kind: people were assigned already, so it stays board_form: make another "
        "experiment for another kind"
    )
    assert problem(late) == (409, said)
    assert (changed.status_code, changed.json["variants"]) == (200, weights)
    assert sum(changed.json["people"].values()) == 1


def test_what_people_were_assigned_cannot_go(
    teacher: Caller, session: Session, client: FlaskClient, ada: Membership
) -> None:
    a_running_experiment(session, ada.context)
    expose(a_caller(session, client, member=ada))
    before = teacher.get(f"{teacher.course}/experiments").json

    gone = put(teacher, {**PLAN, "variants": {"absolute": 1, "hidden": 1}})

    said = (
        "variants: people were assigned already, so relative cannot go: with a weight "
        "of 0 it takes no newcomers"
    )
    assert problem(gone) == (409, said)
    assert teacher.get(f"{teacher.course}/experiments").json == before


def test_what_has_ended_stays(teacher: Caller) -> None:
    put(teacher, {**PLAN, "state": "on"})
    put(teacher, {**PLAN, "state": "ended"})

    begun = put(teacher, {**PLAN, "state": "on"})
    early = put(teacher, {**PLAN, "state": "ended"}, key="another")

    over = "it has ended and stays as it is: make another one, with another key"
    assert problem(begun) == (409, over)
    assert problem(early)[0] == 409
    (only,) = (teacher.get(f"{teacher.course}/experiments").json or {})["items"]
    assert (only["key"], only["state"]) == ("board", "ended")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ({**PLAN, "kind": "colours"}, "kind: Input should be 'board_form', "),
        ({**PLAN, "state": "paused"}, "state: Input should be 'off', 'on' or 'ended'"),
        ({**PLAN, "variants": {"a": 1}}, "variants: Dictionary should have at least 2"),
        ({**PLAN, "variants": {"a": 0, "b": 0}}, "variants: weights are whole, none "),
        ({**PLAN, "variants": {"a": 60, "b": 41}}, "variants: weights are whole, none"),
        (
            {**PLAN, "variants": {"a": -1, "b": 5}},
            "variants.a: Input should be greater",
        ),
        (
            {**PLAN, "variants": {"a": True, "b": 5}},
            "variants.a: Input should be a val",
        ),
        ({**PLAN, "variants": {"a": 1.5, "b": 5}}, "variants.a: Input should be a val"),
        ({**PLAN, "variants": {"a b": 1, "b": 5}}, "variants.a b.[key]: String should"),
        ({"kind": "messages"}, "variants: Field required"),
        ({**PLAN, "salt": "x"}, "salt: Extra inputs are not permitted"),
    ],
)
def test_what_makes_no_sense_is_named_and_nothing_is_made(
    teacher: Caller, session: Session, content: dict[str, Any], said: str
) -> None:
    status, detail = problem(put(teacher, content))

    assert status == 422
    assert detail.startswith(said)
    assert session.scalars(sa.select(Experiment)).all() == []


def test_an_experiment_that_is_not_there_is_not_found(
    teacher: Caller, session: Session
) -> None:
    a_running_experiment(session, a_context(session), "elsewhere")
    session.commit()

    for key in ("elsewhere", "nowhere"):
        answer = teacher.get(f"{teacher.course}/experiments/{key}")
        assert problem(answer)[0] == 404
    assert (teacher.get(f"{teacher.course}/experiments").json or {})["items"] == []


def test_it_is_made_once_where_only_that_is_asked(teacher: Caller) -> None:
    first = put(teacher, PLAN, If_None_Match="*")
    second = put(teacher, {**PLAN, "kind": "messages"}, If_None_Match="*")
    stale = [
        put(teacher, PLAN, key="another", If_Match=read)
        for read in ('"what-was-there"', "*")
    ]

    assert first.status_code == 201
    assert problem(second) == (
        412,
        "There is an experiment of this key already: read it, then decide anew.",
    )
    assert [problem(one)[0] for one in stale] == [412, 412]


def test_of_eight_who_read_the_same_experiment_one_changes_it(
    app: OpenAPI, session: Session, course: Context
) -> None:
    a_running_experiment(session, course)
    teachers = [
        a_caller(session, app.test_client(), of=course, role="instructor")
        for _ in range(8)
    ]
    read = teachers[0].get(f"{teachers[0].course}/experiments/board").headers["ETag"]

    def change(number: int) -> int:
        weights = {"absolute": 10 + number, "relative": 50}
        changed = {**PLAN, "variants": weights}
        return int(put(teachers[number], changed, If_Match=read).status_code)

    with ThreadPoolExecutor(max_workers=8) as threads:
        answers = list(threads.map(change, range(8)))

    found: Any = teachers[0].get(f"{teachers[0].course}/experiments/board").json
    assert Counter(answers) == {200: 1, 412: 7}
    assert found["variants"]["absolute"] == 10 + answers.index(200)


def test_a_copy_of_a_course_begins_without_its_experiments(
    client: FlaskClient, session: Session, course: Context
) -> None:
    a_running_experiment(session, course)
    iris = a_member(session, of=course, name="Iris", role="instructor")
    new = a_context(session, registration=course.registration)
    teacher = teaching(session, client, new, iris.user)

    assert take(teacher, course).status_code == 200

    assert (teacher.get(f"{teacher.course}/experiments").json or {})["items"] == []
    session.rollback()
    owners = session.scalars(sa.select(Experiment.context_id)).all()
    assert owners == [course.id]
