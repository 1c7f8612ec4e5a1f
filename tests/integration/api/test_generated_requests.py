"""Requests that nobody thought of: whatever comes, no operation fails on our side.

They are generated from the OpenAPI document, the same ones in every run: some that fit
it, and some that do not.
"""

import re
from collections.abc import Iterator
from datetime import timedelta
from itertools import cycle
from typing import Any

import pytest
import schemathesis
import sqlalchemy as sa
from flask.testing import FlaskClient
from flask_openapi3.openapi import OpenAPI
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.core.result import Ok
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from gamification.awards.claims import Terms, make_code
from models import ClaimCode, Context, Membership
from tests.factories import a_badge, a_member, an_item
from tests.support.awarding import an_award
from tests.support.clock import NOW
from tests.support.experiments import a_running_experiment
from tests.support.launches import a_caller, a_live_course, hand_in
from tests.support.merging import a_merge
from tests.support.programs import a_key
from tests.support.webhooks import a_delivery, a_webhook

ROLES = ("learner", "assistant", "instructor", "admin", "key")
AnyCase = Case[Any]
IN_PATH = re.compile(r"{(\w+)}")
A_CODE = Terms(badge="helper", uses=100, expires_at=NOW + timedelta(days=1))
every_run_the_same = settings(
    max_examples=len(ROLES),
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture
def course(session: Session) -> Context:
    course = a_live_course(
        session, board_enabled=True, memberships_url="https://lms.example/members"
    )
    an_item(session, of=course, key="quiz-1")
    return course


@pytest.fixture
def ada(session: Session, course: Context) -> Membership:
    """Let the ids that are asked for be there."""
    ada = a_member(session, of=course, name="Ada")
    hand_in(session, ada, times=3)
    badge = a_badge(session, of=course, key="helper")
    award = an_award(session, ada, badge)
    award.public_id = "award"
    a_delivery(session, a_webhook(session, course.tenant, "webhook"), award, "delivery")
    a_running_experiment(session, course, "helper")
    a_merge(session, course.tenant, "merge")
    made = make_code(session, course, A_CODE, "iris", NOW)
    assert made is not None
    session.execute(sa.update(ClaimCode).values(public_id="code"))
    return ada


@pytest.fixture
def tokens(session: Session, client: FlaskClient, ada: Membership) -> dict[str, str]:
    tokens = {
        role: a_caller(session, client, of=ada.context, role=role).token
        for role in ROLES[1:4]
    }
    learner = a_caller(session, client, member=ada)
    return {**tokens, "learner": learner.token, "key": a_key(session, ada.context)[1]}


def test_no_operation_fails_whatever_it_is_asked(
    app: OpenAPI, client: FlaskClient, ada: Membership, tokens: dict[str, str]
) -> None:
    known = known_of(ada)
    schema = schemathesis.openapi.from_dict(app.api_doc)
    answered: dict[int, set[str]] = {}
    failed: list[str] = []

    def ask(case: AnyCase, role: str) -> None:
        answer = sent(client, case, tokens[role])
        answered.setdefault(answer.status_code, set()).update(case.path_parameters)
        if answer.status_code >= 500:
            failed.append(f"{role}: {case.as_curl_command()}")

    def ask_all(cases: st.SearchStrategy[AnyCase]) -> None:
        turns = cycle(ROLES)

        @every_run_the_same
        @given(case=cases, is_astray=st.integers(0, 3).map(lambda n: n == 0))
        def generated(case: AnyCase, *, is_astray: bool) -> None:
            if not is_astray:
                lead_to_rows(case, known)
            ask(case, next(turns))

        generated()

    # What takes rows away comes last: the others want them.
    for operation in sorted(operations_of(schema), key=is_a_delete):
        for mode in GenerationMode:
            ask_all(operation.as_strategy(generation_mode=mode))

    assert failed == []
    assert {200, 403, 404, 422} <= set(answered)
    # Whatever stands in an address was once that of a row.
    assert answered[200] == known.keys() == parameters_of(app)


def operations_of(schema: Any) -> Iterator[Any]:  # noqa: ANN401 -- schemathesis's own
    for found in schema.get_all_operations():
        assert isinstance(found, Ok)
        yield found.ok()


def is_a_delete(operation: Any) -> bool:  # noqa: ANN401 -- as above
    return str(operation.method) == "delete"


def known_of(ada: Membership) -> dict[str, str]:
    """Return what can stand in addresses and is that of a row."""
    return {
        "course_id": ada.context.public_id,
        "award_id": "award",
        "code_id": "code",
        "key": "helper",
        "delivery_id": "delivery",
        "merge_id": "merge",
        "user_id": ada.user.public_id,
        "webhook_id": "webhook",
    }


def lead_to_rows(case: AnyCase, known: dict[str, str]) -> None:
    """Let whatever stands in the address be that of a row."""
    there = case.path_parameters
    there |= {name: known[name] for name in known.keys() & there}


def parameters_of(app: OpenAPI) -> set[str]:
    """Return all that stands in addresses for something else."""
    return {name for path in app.api_doc["paths"] for name in IN_PATH.findall(path)}


def sent(client: FlaskClient, case: AnyCase, token: str) -> TestResponse:
    """Send a generated request as the bearer of a token."""
    wire = case.as_transport_kwargs(base_url="http://localhost")
    kept = {name: wire[name] for name in ("json", "data") if wire.get(name) is not None}
    kept |= {"query_string": wire.get("params")}
    # Whatever writes says that it speaks JSON, also where it says nothing else.
    plain = {"Content-Type": "application/json"} if case.method != "GET" else {}
    headers = {**plain, **wire["headers"], "Authorization": f"Bearer {token}"}
    return client.open(case.formatted_path, method=case.method, headers=headers, **kept)
