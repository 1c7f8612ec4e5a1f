"""LTI Advantage Conformance Certification Guide 1.3, sections 6.3 and 6.4: services."""

from typing import TYPE_CHECKING

import pytest
from flask_openapi3.openapi import OpenAPI
from sqlalchemy.orm import Session

from jobs.columns import add_column, remove_columns
from lti.line_items import Column
from tests.support.syncing import Desk, a_course

if TYPE_CHECKING:
    from campus.traffic import Served
    from tests.support.platform import Registered

pytestmark = pytest.mark.conformance

NRPS = "https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly"
LINE_ITEM = "application/vnd.ims.lis.v2.lineitem+json"


@pytest.fixture(params=["registered", "canvas_registered"])
def desk(
    request: pytest.FixtureRequest, app: OpenAPI, served: str, session: Session
) -> Desk:
    registered: Registered = request.getfixturevalue(request.param)
    return Desk(app, session, a_course(session, registered), registered)


def asked(desk: Desk, endpoint: str) -> "Served":
    return desk.registered.campus.traffic.requests(endpoint)[0]


def token_behind(desk: Desk, request: "Served") -> tuple[str, ...]:
    """Return the scopes of the token a request carried, as the platform knows it."""
    value = request.headers["authorization"].removeprefix("Bearer ")
    token = desk.registered.campus.find_token(value)
    return token.scopes if token else ()


def test_6_3_the_roster_is_asked_for_as_the_guide_checks_it(desk: Desk) -> None:
    """Received Request, Accept media type, Bearer Token, Bearer Scope (6.3)."""
    desk.sync()

    request = asked(desk, "memberships")
    assert request.headers["accept"] == (
        "application/vnd.ims.lti-nrps.v2.membershipcontainer+json"
    )
    assert token_behind(desk, request) == (NRPS,)


def test_6_4_line_items_are_made_changed_and_deleted(desk: Desk) -> None:
    """Free use of line items: media type, token, scope (6.4, AGS 3.2)."""
    context_id = desk.context.id
    desk.session.rollback()

    with desk.app.app_context():
        add_column(context_id, Column("Badges", 10))
        add_column(context_id, Column("Badges", 20))
        removed = remove_columns(context_id)

    campus, course = desk.registered.campus, desk.registered.cast.course
    assert removed == 1
    assert [i for i in campus.line_items(course) if i.tag == "laurel"] == []
    for endpoint in ("create_lineitem", "update_lineitem", "delete_lineitem"):
        request = asked(desk, endpoint)
        assert request.headers["content-type"] == LINE_ITEM
        assert token_behind(desk, request)[0].endswith("/scope/lineitem")
