"""The campus takes line items as the platforms do."""

import json
from dataclasses import replace

import pytest
from flask.testing import FlaskClient

from campus import vocabulary as lti
from campus.records import LineItem
from campus.seeding import Cast
from campus.state import Campus
from campus.web import create_app
from tests.integration.campus.stage import (
    a_token,
    add_recorded_link_items,
    recorded_moodle,
    recording,
)
from tests.integration.campus.test_moodle_services import answered, expected, replay

COLUMNS = recording("moodle_columns")
BADGES = {"label": "Badges", "scoreMaximum": 10, "tag": "t", "resourceId": "r"}


def test_moodle_takes_line_items_as_recorded() -> None:
    moodle = recorded_moodle()
    tool = moodle.tool(2)
    moodle.change_tool(
        replace(tool, scopes=tuple(s for s in tool.scopes if s != lti.LINE_ITEM))
    )
    add_recorded_link_items(moodle)
    for number in range(10, 15):
        moodle.add_line_item(LineItem(course=3, label="A quiz", number=number))
    asking = create_app(moodle).test_client()

    for name, case in COLUMNS.items():
        answer = replay(asking, moodle, case)
        assert (name, answered(answer, case)) == (name, expected(case))

    columns = moodle.line_items(moodle.course(3), moodle.tool(1))
    assert ", ".join(column.label for column in columns) == (
        "Standalone 1b, Standalone 2, Standalone 3, Second for link, x"
    )
    assert {column.is_made_by_tool for column in columns} == {True}


def items_path(canvas: Campus, cast: Cast) -> str:
    url = canvas.shape.line_items_url(canvas, cast.course, cast.tool)
    return url.removeprefix(canvas.base_url)


def test_canvas_makes_changes_and_deletes_a_line_item(
    canvas: Campus, cast: Cast, authorized: FlaskClient
) -> None:
    made = authorized.post(items_path(canvas, cast), json=BADGES)
    assert made.json is not None
    path = made.json["id"].removeprefix(canvas.base_url)
    by_tool = [one for one in canvas.line_items(cast.course) if one.is_made_by_tool]

    changed = authorized.put(path, json={**BADGES, "label": "Awards"})
    deleted = authorized.delete(path)
    again = authorized.delete(path)

    assert (made.status_code, made.mimetype) == (201, lti.LINE_ITEM_TYPE)
    assert [column.label for column in by_tool] == ["Badges"]
    assert made.json == {**BADGES, "scoreMaximum": 10.0, "id": made.json["id"]}
    assert (changed.status_code, changed.json) == (
        200,
        {**made.json, "label": "Awards"},
    )
    assert (deleted.status_code, deleted.data) == (204, b"")
    assert again.status_code == 404


def test_canvas_keeps_the_line_item_of_a_link(
    canvas: Campus, cast: Cast, authorized: FlaskClient
) -> None:
    body = {**BADGES, "resourceLinkId": cast.link.id}
    made = authorized.post(items_path(canvas, cast), json=body)
    assert made.json is not None

    answer = authorized.delete(made.json["id"].removeprefix(canvas.base_url))

    assert (made.status_code, made.json["resourceLinkId"]) == (201, cast.link.id)
    assert (answer.status_code, answer.data) == (401, b"")


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"label": ""}, 400),
        ({"label": None}, 400),
        ({"scoreMaximum": 0}, 400),
        ({"scoreMaximum": -1}, 400),
        ({"scoreMaximum": "10"}, 400),
        ({"scoreMaximum": True}, 400),
        ({"resourceLinkId": "nowhere"}, 404),
    ],
)
def test_canvas_refuses_what_is_no_line_item(
    canvas: Campus,
    cast: Cast,
    authorized: FlaskClient,
    change: dict[str, object],
    status: int,
) -> None:
    body = json.dumps({**BADGES, **change})

    answer = authorized.post(items_path(canvas, cast), data=body)

    assert answer.status_code == status


def test_canvas_asks_for_the_right_to_write(canvas: Campus, cast: Cast) -> None:
    asking = create_app(canvas).test_client()
    token = a_token(canvas, cast.tool, lti.LINE_ITEM_READ)
    headers = {"Authorization": f"Bearer {token}"}

    answer = asking.post(items_path(canvas, cast), json=BADGES, headers=headers)

    assert answer.status_code == 401
    assert b"Insufficient permissions" in answer.data
