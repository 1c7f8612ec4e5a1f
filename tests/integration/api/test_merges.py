"""Users who are one person: what a program says of them, and takes back."""

from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from flask_openapi3.openapi import OpenAPI
from sqlalchemy.orm import Session

from gamification.awards.giving import BY_COMMAND
from gamification.standings import standing_of
from jobs.api_keys import PEOPLE_READ, PEOPLE_WRITE
from models import AuditEntry, Context, Membership, PersonMerge
from tests.factories import a_context, a_member, a_user
from tests.support.launches import Caller, a_caller, hand_in
from tests.support.merging import a_merge, also_in, everything
from tests.support.programs import a_key, a_program, problem
from tests.support.statements import statements

MERGES = "/api/v1/merges"


@pytest.fixture
def twin(session: Session, ada: Membership) -> Membership:
    """Return Ada as the platform knows her since it made her anew."""
    twin = a_member(session, of=ada.context, name="Ada A.")
    hand_in(session, ada, times=1)
    hand_in(session, twin, times=2)
    session.commit()
    return twin


@pytest.fixture
def program(session: Session, client: FlaskClient, course: Context) -> Caller:
    return a_program(session, client, course, PEOPLE_READ, PEOPLE_WRITE)


def both(ada: Membership, twin: Membership) -> dict[str, str]:
    return {"kept": ada.user.public_id, "merged": twin.user.public_id}


def kept_rows(session: Session) -> dict[str, list[str]]:
    """Return every row but what tells of the key itself."""
    session.rollback()
    apart = {"api_key", "kept_answer"}
    found = everything(session)
    return {name: rows for name, rows in found.items() if name not in apart}


def test_two_users_are_one_person_by_a_key_and_two_again(
    client: FlaskClient, session: Session, ada: Membership, twin: Membership
) -> None:
    key, secret = a_key(session, ada.context, PEOPLE_READ, PEOPLE_WRITE)
    program = Caller(client, secret, ada.context.public_id)
    before = kept_rows(session)

    made: Any = program.send("POST", MERGES, both(ada, twin))
    session.rollback()
    together = standing_of(session, ada).points
    read = program.get(f"{MERGES}/{made.json['id']}")
    back: Any = program.send("POST", f"{MERGES}/{made.json['id']}/reversal")
    listed: Any = program.get(MERGES).json

    assert (made.status_code, read.status_code, back.status_code) == (201, 200, 200)
    assert made.json == {
        **both(ada, twin),
        "id": made.json["id"],
        "state": "merged",
        "by": key.public_id,
        "merged_at": "2026-11-22T10:00:00Z",
        "reversed_at": None,
    }
    assert (read.json, read.headers["ETag"]) == (made.json, made.headers["ETag"])
    taken_back = {"state": "taken_back", "reversed_at": "2026-11-22T10:00:00Z"}
    assert back.json == {**made.json, **taken_back}
    assert listed == {"items": [back.json], "next": None}
    assert together == 6
    assert kept_rows(session) == before


def test_the_audit_says_by_ids_alone_who_did_it(
    client: FlaskClient, session: Session, ada: Membership, twin: Membership
) -> None:
    key, secret = a_key(session, ada.context, PEOPLE_WRITE)
    program = Caller(client, secret, ada.context.public_id)

    made: Any = program.send("POST", MERGES, both(ada, twin)).json
    program.send("POST", f"{MERGES}/{made['id']}/reversal")

    session.rollback()
    noted = session.scalars(
        sa.select(AuditEntry)
        .where(AuditEntry.action.startswith("person_"))
        .order_by(AuditEntry.id)
    ).all()
    assert [one.action for one in noted] == ["person_merged", "person_parted"]
    said = {"merge": made["id"], "by": key.public_id, "role": "key"}
    assert [one.details for one in noted] == [said, said]
    assert {one.tenant_id for one in noted} == {ada.context.tenant_id}


def test_a_merge_is_of_all_courses_of_both_on_or_off(
    session: Session, program: Caller, ada: Membership, twin: Membership
) -> None:
    off = a_context(session, registration=ada.context.registration, enabled=False)
    place = also_in(session, twin, off)
    session.commit()

    assert program.send("POST", MERGES, both(ada, twin)).status_code == 201

    session.rollback()
    session.refresh(place)
    session.refresh(twin)
    assert (place.user_id, twin.status) == (ada.user_id, "left")


@pytest.mark.parametrize("role", ["learner", "assistant", "instructor", "admin"])
def test_no_launch_has_a_word_in_it(
    role: str, client: FlaskClient, session: Session, ada: Membership, twin: Membership
) -> None:
    a_merge(session, ada.context.tenant, "the-merge")
    caller = a_caller(session, client, of=ada.context, role=role)
    why = (
        "This is about a whole organisation, and a launch is about one course: ask for "
        "it by an API key."
    )

    answers = [
        caller.get(MERGES),
        caller.get(f"{MERGES}/the-merge"),
        caller.send("POST", MERGES, both(ada, twin)),
        caller.send("POST", f"{MERGES}/the-merge/reversal"),
    ]

    assert [problem(answer) for answer in answers] == [(403, why)] * 4


def test_who_may_read_merges_makes_none_and_takes_none_back(
    client: FlaskClient, session: Session, ada: Membership, twin: Membership
) -> None:
    a_merge(session, ada.context.tenant, "the-merge")
    reader = a_program(session, client, ada.context, PEOPLE_READ)

    answers = [
        reader.send("POST", MERGES, both(ada, twin)),
        reader.send("POST", f"{MERGES}/the-merge/reversal"),
    ]

    lacking = "This API key lacks the permission people:write: ask for one that has it."
    assert [problem(answer) for answer in answers] == [(403, lacking)] * 2
    assert reader.get(f"{MERGES}/the-merge").json is not None


@pytest.mark.parametrize("field", ["kept", "merged"])
@pytest.mark.parametrize("is_elsewhere", [True, False])
def test_a_user_of_another_organisation_is_nobody(
    field: str,
    program: Caller,
    session: Session,
    ada: Membership,
    twin: Membership,
    *,
    is_elsewhere: bool,
) -> None:
    other = a_user(session).public_id if is_elsewhere else "nobody"
    session.commit()

    answer = program.send("POST", MERGES, {**both(ada, twin), field: other})

    assert problem(answer) == (422, f"{field}: nobody has this id; take Laurel's own")
    session.rollback()
    assert session.scalars(sa.select(PersonMerge)).all() == []


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"kept": "91c2f0"},
        {"kept": "", "merged": "7ab344"},
        {"kept": "a\x00", "merged": "7ab344"},
        {"kept": "91c2f0", "merged": "7" * 65},
        {"kept": "91c2f0", "merged": 7},
        {"kept": "91c2f0", "merged": "7ab344", "reason": "twins"},
        [],
    ],
)
def test_what_names_no_two_users_is_refused(program: Caller, body: object) -> None:
    assert problem(program.send("POST", MERGES, body))[0] == 422


def test_who_cannot_be_one_person_is_told_why(
    session: Session, program: Caller, ada: Membership, twin: Membership
) -> None:
    third = a_member(session, of=ada.context)
    session.commit()
    wanted = both(ada, twin)

    same = program.send("POST", MERGES, {**wanted, "merged": wanted["kept"]})
    made: Any = program.send("POST", MERGES, wanted).json
    again = program.send("POST", MERGES, both(third, twin))

    assert problem(same) == (409, "These are one user already.")
    status, why = problem(again)
    assert (status, made["id"] in why) == (409, True)


def test_a_merge_is_taken_back_once_and_the_latest_first(
    session: Session, program: Caller, ada: Membership, twin: Membership
) -> None:
    third = a_member(session, of=ada.context)
    session.commit()
    first: Any = program.send("POST", MERGES, both(ada, twin)).json
    second: Any = program.send("POST", MERGES, both(ada, third)).json

    def back(merge: dict[str, Any]) -> Any:  # noqa: ANN401 -- an answer of the client
        return program.send("POST", f"{MERGES}/{merge['id']}/reversal")

    too_early = back(first)
    assert problem(too_early) == (
        409,
        f"A later merge stands on it: take back {second['id']} first.",
    )
    assert [back(one).status_code for one in (second, first)] == [200, 200]
    assert problem(back(first)) == (409, "This merge was taken back already.")


def test_a_merge_is_taken_back_as_it_was_read(
    session: Session, program: Caller, ada: Membership, twin: Membership
) -> None:
    made: Any = program.send("POST", MERGES, both(ada, twin))
    path = f"{MERGES}/{made.json['id']}/reversal"
    tag = made.headers["ETag"]

    stale = program.send("POST", path, If_Match='"of-another-time"')
    first = program.send("POST", path, If_Match=tag)
    second = program.send("POST", path, If_Match=tag)

    assert [one.status_code for one in (stale, first, second)] == [412, 200, 412]


def test_merges_of_another_organisation_are_not_there(
    program: Caller, session: Session
) -> None:
    a_merge(session, a_context(session).tenant, "theirs")
    session.commit()

    answers = [
        program.get(f"{MERGES}/theirs"),
        program.send("POST", f"{MERGES}/theirs/reversal"),
    ]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert program.get(MERGES).json == {"items": [], "next": None}
    session.rollback()
    assert session.scalars(sa.select(PersonMerge.reversed_at)).one() is None


def test_merges_are_listed_page_by_page_the_newest_first(
    program: Caller, session: Session, course: Context
) -> None:
    for number in range(5):
        a_merge(session, course.tenant, f"merge-{number}")
    session.commit()

    first: Any = program.get(f"{MERGES}?limit=3").json
    second: Any = program.get(f"{MERGES}?limit=3&cursor={first['next']}").json

    listed = [one["id"] for page in (first, second) for one in page["items"]]
    assert listed == [f"merge-{number}" for number in (4, 3, 2, 1, 0)]
    assert second["next"] is None
    assert {one["by"] for one in first["items"]} == {BY_COMMAND.id}


@pytest.mark.parametrize("query", ["cursor=x", "cursor=WyJldmVudHMiXQ", "limit=0"])
def test_what_is_no_place_in_the_list_is_refused(program: Caller, query: str) -> None:
    assert problem(program.get(f"{MERGES}?{query}"))[0] == 422


@pytest.mark.parametrize("rows", [1, 3])
def test_a_list_costs_the_same_for_one_merge_and_for_three(
    rows: int, app: OpenAPI, program: Caller, session: Session, course: Context
) -> None:
    for number in range(rows):
        a_merge(session, course.tenant, f"merge-{number}")
    session.commit()
    program.get(MERGES).close()  # the key's use is noted once an hour

    costs = []
    for path in (MERGES, f"{MERGES}/merge-0"):
        with statements(app) as sent:
            assert program.get(path).status_code == 200
        costs.append(len(sent))

    assert costs == [2, 2]
