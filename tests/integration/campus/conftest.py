"""A Canvas-shaped campus with the cast in it, reached without a network."""

from dataclasses import replace

import pytest
from flask.testing import FlaskClient

from campus import seeding
from campus.records import Tool
from campus.seeding import Cast
from campus.state import Campus
from campus.web import create_app
from tests.integration.campus.stage import a_token

CUSTOM_FIELDS = {
    "canvas_user_id": "$Canvas.user.id",
    "canvas_user_global_id": "$Canvas.user.globalId",
    "canvas_course_id": "$Canvas.course.id",
    "section_ids": "$Canvas.course.sectionIds",
    "section_names": "$com.instructure.User.sectionNames",
    "section_restricted": "$Canvas.course.sectionRestricted",
    "group_context_ids": "$Canvas.group.contextIds",
    "course_group_ids": "$com.instructure.Course.groupIds",
    "timezone": "$Person.address.timezone",
    "api_domain": "$Canvas.api.domain",
    "high_contrast": "$Canvas.user.prefersHighContrast",
    "dyslexic_font": "$Canvas.user.prefersDyslexicFont",
    "brand_json_url": "$com.instructure.brandConfigJSON.url",
    "student_view": "$com.instructure.User.student_view",
    "masquerading_user_id": "$Canvas.masqueradingUser.id",
    "enrollment_state": "$Canvas.enrollment.enrollmentState",
    "course_state": "$Canvas.course.workflowState",
    "term_id": "$Canvas.term.id",
    "term_name": "$Canvas.term.name",
    "context_history": "$Context.id.history",
    "root_account_uuid": "$vnd.Canvas.root_account.uuid",
    "entry": "course_navigation",
}


@pytest.fixture
def canvas() -> Campus:
    campus = Campus("canvas", base_url="https://canvas.example.edu")
    tool = Tool.at("https://badges.example.org", "10000000000002")
    campus.add_tool(replace(tool, custom=CUSTOM_FIELDS))
    return campus


@pytest.fixture
def cast(canvas: Campus) -> Cast:
    cast = seeding.cast(canvas)
    for person in (cast.ada, cast.iris):
        enrolment = canvas.find_enrolment(cast.course, person)
        assert enrolment is not None
        canvas.enrol(replace(enrolment, sections=(7, 9), groups=(11,)))
    return cast


@pytest.fixture
def authorized(canvas: Campus, cast: Cast) -> FlaskClient:
    authorized = create_app(canvas).test_client()
    authorized.environ_base["HTTP_AUTHORIZATION"] = (
        f"Bearer {a_token(canvas, cast.tool)}"
    )
    return authorized
