"""Security table E4 to E7: what becomes of a platform that registered itself."""

import json
import logging
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from flask_openapi3.openapi import OpenAPI
from sqlalchemy.orm import Session

from campus.state import Campus
from models import AuditEntry, Deployment, Invitation, Registration
from tests.factories import a_registration, a_tenant
from tests.support.clock import Clock
from tests.support.inviting import configured, rows
from tests.support.platform import a_campus
from tests.support.registering import an_invitation, paste

TOOL = "https://purl.imsglobal.org/spec/lti-tool-configuration"


@pytest.fixture(params=["moodle", "canvas"])
def platform(request: pytest.FixtureRequest, clock: Clock) -> Iterator[Campus]:
    """Run an empty campus, once of each shape."""
    with a_campus(request.param, clock) as campus:
        yield campus


def test_a_platform_registers_itself_with_one_paste(
    app: OpenAPI, platform: Campus, session: Session
) -> None:
    """DR 3.3-3.6: discovery, request with the token, answer, all kept."""
    answer = paste(app, platform, an_invitation(app))

    (row,) = rows(session)
    (tool,) = platform.tools
    endpoints = platform.endpoints
    assert answer.status_code == 200
    assert (row.issuer, row.client_id) == (endpoints.issuer, tool.client_id)
    assert row.auth_login_url == endpoints.authorization
    assert (row.token_url, row.jwks_url) == (endpoints.token, endpoints.jwks)
    assert (row.family, row.state, row.audience) == (
        platform.shape.name,
        "pending",
        None,
    )
    assert tool.login_url.endswith(f"/lti/login/{row.public_id}")
    assert session.scalars(sa.select(Deployment.lti_id)).all() == list(
        tool.deployment_ids
    )


def test_a_platform_is_asked_for_what_we_use_and_no_more(
    app: OpenAPI, platform: Campus, session: Session
) -> None:
    """DR 3.4: scopes, claims and messages."""
    paste(app, platform, an_invitation(app))

    (asked,) = platform.traffic.requests("register")
    body = json.loads(asked.body)
    described = body[TOOL]
    (tool,) = platform.tools
    assert described["domain"] == app.extensions["laurel"].public_url.split("//")[1]
    assert (tool.shares_names, tool.shares_email) == (True, False)
    assert "openid" not in body["scope"].split()
    assert set(tool.scopes) >= {
        "https://purl.imsglobal.org/spec/lti-ags/scope/lineitem",
        "https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly",
    }
    if platform.shape.name == "canvas":
        assert (
            described["https://canvas.instructure.com/lti/privacy_level"] == "name_only"
        )
        assert tool.custom["canvas_course_id"] == "$Canvas.course.id"
    else:
        assert tool.custom["group_ids"] == "$Moodle.Person.userGroupIds"
    assert not {"$Person.name.full", "$Person.email.primary"} & set(
        tool.custom.values()
    )


def test_e4_the_token_goes_to_one_address_and_into_no_log(
    app: OpenAPI,
    campus: Campus,
    session: Session,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """E4: sent to the registration endpoint alone; kept nowhere."""
    caplog.set_level(logging.DEBUG)
    secret, token = an_invitation(app), "a-token-to-watch"
    campus.desk.hand_out(token, campus.now())

    page = paste(app, campus, secret, registration_token=token)
    again = paste(app, campus, secret, registration_token=token)

    (sent,) = campus.traffic.requests("register")
    (fetched,) = campus.traffic.requests("configuration")
    assert sent.headers["authorization"] == f"Bearer {token}"
    assert token not in f"{fetched}"
    assert token not in page.get_data(as_text=True) + again.get_data(as_text=True)
    # The campus writes down nothing: what is in the log is ours.
    ours = [record for record in caplog.records if not record.name.startswith("werk")]
    assert [record for record in ours if token in record.getMessage()] == []
    assert token not in database_text(session)


def test_e4_no_token_no_header(app: OpenAPI, campus: Campus) -> None:
    """E4: a platform that gave no token is sent none (DR 3.5)."""
    paste(app, campus, an_invitation(app), registration_token="")

    (sent,) = campus.traffic.requests("register")
    assert "authorization" not in sent.headers


def test_e5_a_namesake_overwrites_nothing(
    app: OpenAPI, canvas_campus: Campus, session: Session
) -> None:
    """E5: somebody else's issuer and client id, in a registration of its own."""
    first = a_registration(
        session,
        tenant=a_tenant(session, key="first"),
        issuer=canvas_campus.endpoints.issuer,
        client_id="10000000000001",
    )
    before = (first.public_id, first.jwks_url, first.state)
    session.commit()

    paste(app, canvas_campus, an_invitation(app, tenant="second"))

    kept, made = rows(session)
    assert (kept.public_id, kept.jwks_url, kept.state) == before
    assert (made.issuer, made.client_id) == (kept.issuer, kept.client_id)
    assert made.state == "pending"
    assert made.tenant_id != kept.tenant_id


def test_e5_approving_a_namesake_says_so(
    app: OpenAPI, canvas_campus: Campus, session: Session
) -> None:
    """E5: the operator is told that the two cannot be told apart."""
    a_registration(
        session, issuer=canvas_campus.endpoints.issuer, client_id="10000000000001"
    )
    session.commit()
    paste(app, canvas_campus, an_invitation(app, tenant="second"))

    result = app.test_cli_runner().invoke(
        args=["platform", "approve", rows(session)[1].public_id]
    )

    assert "same issuer and client id" in result.output


def test_e6_nothing_opens_before_approval(
    app: OpenAPI, platform: Campus, session: Session
) -> None:
    """E6: launches are refused with a page that says why; then they open."""
    paste(app, platform, an_invitation(app))
    (row,) = rows(session)

    waiting = login(app, platform, row)
    app.test_cli_runner().invoke(args=["platform", "approve", row.public_id])
    approved = login(app, platform, row)

    assert waiting[0] == 403
    assert "waits for approval" in waiting[1]
    assert approved[0] == 200
    assert 'id="continue"' in approved[1]


def test_e7_what_a_platform_calls_itself_is_text(
    app: OpenAPI, campus: Campus, session: Session
) -> None:
    """E7: names are escaped, shortened and of one line."""
    name = "<script>alert(1)</script>\n\u202e" + "x" * 300
    configured(
        campus,
        **{
            "https://purl.imsglobal.org/spec/lti-platform-configuration": {
                "product_family_code": "<b>moodle</b>",
                "https://canvas.instructure.com/lti/account_name": name,
            }
        },
    )

    answer = paste(app, campus, an_invitation(app))

    (row,) = rows(session)
    page = answer.get_data(as_text=True)
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; x" in page
    assert len(row.name) == 255
    assert row.name.isprintable()


def login(app: OpenAPI, campus: Campus, row: Registration) -> tuple[int, str]:
    tool = campus.tools[0]
    form = {
        "iss": campus.endpoints.issuer,
        "login_hint": "1",
        "client_id": tool.client_id,
        "target_link_uri": tool.target_link_uri,
    }
    answer = app.test_client().post(f"/lti/login/{row.public_id}", data=form)
    return answer.status_code, answer.get_data(as_text=True)


def database_text(session: Session) -> str:
    session.rollback()
    tables = (Registration.__table__, Invitation.__table__, AuditEntry.__table__)
    return "".join(str(session.execute(sa.select(t)).all()) for t in tables)
