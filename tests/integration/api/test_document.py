"""What the OpenAPI document promises of every operation, whoever adds the next one."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import jsonschema_rs
import pytest
from flask.testing import FlaskClient
from flask_openapi3.openapi import OpenAPI
from sqlalchemy.orm import Session

from jobs.api_keys import PERMISSIONS
from tests.factories import a_badge, a_context, a_member
from tests.support.launches import a_caller
from views.api.schemas import Answer

Operation = dict[str, Any]
ROLES = {"public", "learner", "assistant", "instructor", "admin", "key"}
WRITES = {"post", "put", "delete"}
MAKES_NOTHING = {
    "/api/session": "begins an hour anew",
    "/api/v1/courses/{course_id}/imports/dismiss": "who has said no has said no",
    "/api/v1/webhooks/{webhook_id}/deliveries/{delivery_id}/retry": "due is due",
    "/api/v1/me/exposures": "a variant is assigned once, and a day noted once",
    "/api/v1/me/notifications/seen": "what was seen is seen",
}
"""Why a POST needs no `Idempotency-Key`; one of what is there takes an `If-Match`,
and a preview writes nothing."""


def operations(app: OpenAPI) -> dict[tuple[str, str], Operation]:
    return {
        (method, path): operation
        for path, methods in app.api_doc["paths"].items()
        for method, operation in methods.items()
    }


def breaking(app: OpenAPI, rule: Callable[[str, str, Operation], bool]) -> list[str]:
    """Return the operations that break a rule."""
    return [
        f"{method.upper()} {path}"
        for (method, path), operation in operations(app).items()
        if not rule(method, path, operation)
    ]


def shown_at(app: OpenAPI, method: str, path: str) -> dict[str, Any]:
    """Return the bodies of an operation, by media type."""
    content: dict[str, Any] = operations(app)[method, path]["requestBody"]["content"]
    return content


def headers_of(operation: Operation) -> set[str]:
    parameters = operation.get("parameters", [])
    return {one["name"] for one in parameters if one["in"] == "header"}


def test_the_document_is_of_openapi_3_1(app: OpenAPI) -> None:
    assert app.api_doc["openapi"].startswith("3.1")
    assert len(operations(app)) > 30


def test_every_operation_says_in_a_sentence_what_it_does(app: OpenAPI) -> None:
    assert breaking(app, lambda _m, _p, it: len(it.get("summary", "")) > 10) == []


def test_every_operation_says_who_may_call_it(app: OpenAPI) -> None:
    def says(_method: str, _path: str, it: Operation) -> bool:
        roles = it["x-roles"]
        return 0 < len(roles) == len(set(roles)) and set(roles) <= ROLES

    assert breaking(app, says) == []


def test_what_a_key_may_call_names_the_permission_and_the_limit(app: OpenAPI) -> None:
    def says(_method: str, _path: str, it: Operation) -> bool:
        is_open = "key" in it["x-roles"]
        needed = it.get("x-permissions", [])
        return (
            is_open == (len(needed) == 1)
            and set(needed) <= PERMISSIONS.keys()
            and is_open == ({"key": []} in it["security"])
            and (not is_open or "429" in it["responses"])
        )

    assert breaking(app, says) == []


def test_what_is_for_keys_alone_asks_for_no_launch(app: OpenAPI) -> None:
    def says(_method: str, _path: str, it: Operation) -> bool:
        is_alone = set(it["x-roles"]) == {"key"}
        asked = {name for one in it.get("security", ()) for name in one}
        return is_alone == (asked == {"key"})

    assert breaking(app, says) == []


def test_nothing_that_asks_for_a_person_is_for_keys(app: OpenAPI) -> None:
    def is_apart(_method: str, path: str, it: Operation) -> bool:
        return "/me/" not in f"{path}/" or "key" not in it["x-roles"]

    assert breaking(app, is_apart) == []


def test_every_operation_names_its_refusals_as_problems(app: OpenAPI) -> None:
    def names(method: str, path: str, it: Operation) -> bool:
        needed = {"401", "403", "422"}
        needed |= {"404"} if "{" in path else set()
        needed |= {"415"} if method in WRITES else set()
        refusals = {code: said for code, said in it["responses"].items() if code >= "4"}
        return needed <= refusals.keys() and all(
            set(said["content"]) == {"application/problem+json"}
            for said in refusals.values()
        )

    assert breaking(app, names) == []


def test_every_body_has_an_example(app: OpenAPI) -> None:
    def has(_method: str, _path: str, it: Operation) -> bool:
        content = it.get("requestBody", {}).get("content", {})
        return all("example" in body for body in content.values())

    assert breaking(app, has) == []


def answers_of(operation: Operation) -> list[dict[str, Any]]:
    """Return what an operation answers where it does what it is asked."""
    return [
        one
        for code, said in operation["responses"].items()
        if code < "3"
        for one in said["content"].values()
    ]


def is_one(app: OpenAPI, schema: dict[str, Any], value: object) -> bool:
    """Tell whether a value is what a schema says, with no member it does not name."""
    named: dict[str, Any] = app.api_doc["components"]["schemas"]
    exact = {
        name: {"additionalProperties": False, **one} for name, one in named.items()
    }
    whole = {**schema, "components": {"schemas": exact}}
    return jsonschema_rs.validator_for(whole, validate_formats=True).is_valid(value)


def test_every_answer_has_an_example(app: OpenAPI) -> None:
    def has(_method: str, _path: str, it: Operation) -> bool:
        answers = answers_of(it)
        return bool(answers) and all(one.get("example") for one in answers)

    assert breaking(app, has) == []


def test_what_is_shown_of_an_answer_is_what_the_answer_says_it_is(
    app: OpenAPI,
) -> None:
    def fits(_method: str, _path: str, it: Operation) -> bool:
        return all(is_one(app, one["schema"], one["example"]) for one in answers_of(it))

    assert breaking(app, fits) == []


@pytest.mark.parametrize(
    "change",
    [
        {"rank": "first"},
        {"updated_at": "yesterday"},
        {"avatar": "owl.png"},
        {"name": None},
    ],
    ids=str,
)
def test_another_row_is_not_what_the_leaderboard_says_it_is(
    app: OpenAPI, change: dict[str, object]
) -> None:
    """The check above fails where something is wrong, within a list, too."""
    board = operations(app)["get", "/api/v1/courses/{course_id}/leaderboard"]
    (said,) = answers_of(board)
    (row,) = said["example"]["items"]
    wrong = {**said["example"], "items": [{**row, **change}]}

    assert is_one(app, said["schema"], said["example"])
    assert not is_one(app, said["schema"], wrong)


def test_no_two_shapes_have_the_same_name(app: OpenAPI) -> None:
    """Of two, the document would describe one, and call both by it."""
    shapes = [
        one for one in shapes_of(Answer) if one.__module__.startswith("views.api")
    ]

    names = Counter(one.__name__ for one in shapes)

    assert [name for name, number in names.items() if number > 1] == []
    assert len(names) > 50


def shapes_of(model: type[Answer]) -> list[type[Answer]]:
    return [one for sub in model.__subclasses__() for one in (sub, *shapes_of(sub))]


def test_whatever_a_post_makes_is_made_once(app: OpenAPI) -> None:
    def is_named(method: str, path: str, it: Operation) -> bool:
        if method != "post" or path in MAKES_NOTHING or path.endswith("/preview"):
            return True
        return bool(headers_of(it) & {"Idempotency-Key", "If-Match"})

    assert breaking(app, is_named) == []
    assert MAKES_NOTHING.keys() <= app.api_doc["paths"].keys()


def test_the_second_of_two_who_change_or_end_the_same_is_told(app: OpenAPI) -> None:
    def tells(method: str, _path: str, it: Operation) -> bool:
        if method not in {"put", "delete"} and "If-Match" not in headers_of(it):
            return True
        return "If-Match" in headers_of(it) and "412" in it["responses"]

    assert breaking(app, tells) == []


def test_what_is_changed_can_be_read_with_its_tag(app: OpenAPI) -> None:
    known = operations(app)

    unread = [
        path
        for method, path in known
        if method in {"put", "delete"} and ("get", path) not in known
    ]

    assert unread == []


def test_the_text_that_is_shown_is_one_that_is_taken(
    app: OpenAPI, client: FlaskClient, session: Session
) -> None:
    teacher = a_caller(session, client, role="instructor")
    shown = shown_at(app, "put", "/api/v1/courses/{course_id}/configuration")

    answer: Any = teacher.send_toml(
        "PUT", f"{teacher.course}/configuration", shown["text/toml"]["example"]
    )

    assert answer.status_code == 200, answer.json
    assert answer.json["drafts"] == []
    *_, last = answer.json["changes"]
    assert last == "The badge “Starter” (starter) is added: Contribute 3 times."


def test_the_table_that_is_shown_is_one_that_is_taken(
    app: OpenAPI, client: FlaskClient, session: Session
) -> None:
    course = a_context(session)
    a_badge(session, of=course, key="helper")
    a_member(session, of=course, sub="lms-user-7")
    teacher = a_caller(session, client, of=course, role="instructor")
    shown = shown_at(app, "post", "/api/v1/courses/{course_id}/awards/import")

    answer: Any = teacher.send_table(
        f"{teacher.course}/awards/import", shown["text/csv"]["example"]
    )

    # The other one is nobody here.
    assert (answer.json["granted"], answer.json["refused"]) == (1, 1)
