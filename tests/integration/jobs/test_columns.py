"""`flask scores`: a column for badges, made and taken away."""

from dataclasses import replace

import pytest
import sqlalchemy as sa
from click.testing import Result

from campus.faults import status
from campus.records import LineItem
from models import ScoreItem
from tests.support.publishing import a_column, posted
from tests.support.syncing import Desk

SHAPES = ["desk", "canvas_desk"]


def typed(desk: Desk, command: str, *words: str) -> Result:
    course = desk.context.public_id
    desk.session.commit()
    return desk.app.test_cli_runner().invoke(
        args=["scores", command, "--course", course, *words]
    )


def columns(desk: Desk) -> list[LineItem]:
    campus, course = desk.registered.campus, desk.registered.cast.course
    return [item for item in campus.line_items(course) if item.tag == "laurel"]


@pytest.fixture(params=SHAPES)
def course(request: pytest.FixtureRequest) -> Desk:
    found: Desk = request.getfixturevalue(request.param)
    return found


def test_a_column_is_made_filled_renamed_and_deleted(course: Desk) -> None:
    campus, cast = course.registered.campus, course.registered.cast
    course.sync()

    made = typed(course, "add", "--maximum", "10")
    [column] = columns(course)
    sent = typed(course, "send")
    marks = [result.score for result in campus.results(column)]
    renamed = typed(course, "add", "--label", "Awards")
    [changed] = columns(course)
    removed = typed(course, "remove", "--yes")

    assert [made.exit_code, sent.exit_code, renamed.exit_code] == [0, 0, 0]
    assert (column.label, column.maximum, column.resource_id) == (
        "Badges",
        10,
        "laurel-badges",
    )
    assert "accepted" in sent.output
    assert any(marks)
    assert (changed.number, changed.label, changed.maximum) == (
        column.number,
        "Awards",
        100,
    )
    assert removed.output.endswith("1 removed.\n")
    assert columns(course) == []
    assert campus.find_result(cast.quiz, cast.ada) is not None


def test_what_was_refused_is_sent_again_by_hand(canvas_desk: Desk) -> None:
    campus = canvas_desk.registered.campus
    canvas_desk.sync()
    typed(canvas_desk, "add")
    [column] = columns(canvas_desk)
    campus.change_line_item(replace(column, is_published=False))

    refused = [typed(canvas_desk, "send").output for _ in range(2)]
    campus.change_line_item(column)
    taken = typed(canvas_desk, "send").output

    assert ["refused" in text for text in refused] == [True, True]
    assert "accepted" in taken
    assert any(result.score for result in campus.results(column))


def test_a_later_mark_of_the_platform_is_named_and_stays(desk: Desk) -> None:
    a_column(desk)
    desk.sync()
    desk.registered.campus.faults.on("scores", status(409))
    first = typed(desk, "send").output
    sent = len(posted(desk))

    second = typed(desk, "send").output

    assert f"late {sent // 2}" in first
    assert "nothing has changed" in second
    assert f"Not sent: {sent // 2} for which the platform has a later mark" in second
    assert len(posted(desk)) == sent


def test_an_activitys_own_column_is_named_and_stops_no_other(canvas_desk: Desk) -> None:
    registered = canvas_desk.registered
    made = a_column(canvas_desk)
    coupled = replace(made, link=registered.cast.link.number, label="Cards")
    registered.campus.change_line_item(coupled)
    a_column(canvas_desk)
    canvas_desk.sync()

    result = typed(canvas_desk, "remove", "--yes")

    assert result.exit_code == 1
    assert "1 removed. The platform keeps “Cards”" in result.output
    assert "delete the activity instead" in result.output
    assert columns(canvas_desk) == [coupled]
    query = sa.select(ScoreItem.gone_at.is_(None)).order_by(ScoreItem.id)
    assert list(canvas_desk.session.scalars(query)) == [True, False]


@pytest.mark.parametrize(
    ("shape", "body"), [("desk", ""), ("canvas_desk", "Insufficient permissions")]
)
def test_a_right_to_delete_that_is_missing_is_no_activitys_column(
    request: pytest.FixtureRequest, shape: str, body: str
) -> None:
    course: Desk = request.getfixturevalue(shape)
    a_column(course)
    course.sync()
    course.registered.campus.faults.on("delete_lineitem", status(401, body))

    result = typed(course, "remove", "--yes")

    assert result.exit_code == 1
    assert "does not let us use this service" in result.output
    assert "administrator" in result.output
    assert "activity" not in result.output
    assert course.session.scalars(sa.select(ScoreItem.gone_at)).all() == [None]


def test_a_token_that_is_refused_is_no_activitys_column(canvas_desk: Desk) -> None:
    a_column(canvas_desk)
    canvas_desk.sync()
    faults = canvas_desk.registered.campus.faults
    faults.on("token", lambda honest: honest(), times=1)
    faults.on("token", status(401, '{"error": "invalid_client"}'))
    faults.on("delete_lineitem", status(401, "Access token expired"))

    result = typed(canvas_desk, "remove", "--yes")

    assert "no access token (invalid_client)" in result.output


def test_what_was_deleted_before_a_failure_is_forgotten(desk: Desk) -> None:
    for _ in range(2):
        a_column(desk)
    desk.sync()
    faults = desk.registered.campus.faults
    faults.on("delete_lineitem", lambda honest: honest(), times=1)
    faults.on("delete_lineitem", status(503))

    assert typed(desk, "remove", "--yes").exit_code == 1

    query = sa.select(ScoreItem.gone_at.is_(None)).order_by(ScoreItem.id)
    assert list(desk.session.scalars(query)) == [False, True]


def test_a_missing_right_is_named(desk: Desk) -> None:
    campus, tool = desk.registered.campus, desk.registered.cast.tool
    without = [scope for scope in tool.scopes if not scope.endswith("/lineitem")]
    campus.change_tool(tool.__class__(**{**vars(tool), "scopes": tuple(without)}))

    result = typed(desk, "add")

    assert result.exit_code == 1
    assert columns(desk) == []


def test_a_column_of_nothing_is_refused(desk: Desk) -> None:
    result = typed(desk, "add", "--maximum", "0")

    assert (result.exit_code, columns(desk)) == (1, [])
    assert "1 to 10000 points" in result.output


def test_a_course_without_a_gradebook_is_named(desk: Desk) -> None:
    desk.session.merge(desk.context).lineitems_url = None

    assert "offers no gradebook" in typed(desk, "add").output
    assert "offers no gradebook" in typed(desk, "remove", "--yes").output


def test_an_unknown_course_is_named(desk: Desk) -> None:
    result = desk.app.test_cli_runner().invoke(
        args=["scores", "send", "--course", "nowhere"]
    )

    assert result.exit_code == 2
    assert "No course has this id" in result.stderr
