"""Platform Notification Service 1.0: a notice is verified as a launch is, kept once."""

import json
from typing import Any

import pytest
import sqlalchemy as sa
from werkzeug.test import TestResponse

from campus import notices, tokens
from campus import vocabulary as lti
from campus.keys import signing_key
from campus.tokens import REMOVED
from models import Notice, Registration
from tests.conformance.stage import Stage
from tests.factories import a_deployment
from tests.support.clock import NOW

pytestmark = pytest.mark.conformance

JSON = "application/json"


def post(stage: Stage, body: bytes | str, content_type: str = JSON) -> TestResponse:
    return stage.browser().post("/lti/notices", data=body, content_type=content_type)


def hello(stage: Stage, **forged: Any) -> str:  # noqa: ANN401 -- what `id_token` takes
    """Sign a hello, honestly but for what is asked to differ."""
    campus, tool = stage.registered.campus, stage.registered.cast.tool
    return tokens.id_token(campus, notices.hello(campus, tool), **forged)


def send(stage: Stage, *signed: str) -> TestResponse:
    return post(stage, notices.body(*signed))


def kept(stage: Stage) -> list[Notice]:
    stage.session.rollback()
    return list(stage.session.scalars(sa.select(Notice).order_by(Notice.id)))


def refused(stage: Stage, answer: TestResponse, status: int = 400) -> str:
    """Check that nothing is kept, nothing told and one entry noted; return why."""
    page = answer.get_data(as_text=True)
    assert (answer.status_code, kept(stage)) == (status, [])
    assert "eyJ" not in page
    (entry,) = stage.audit()
    assert entry.action == "notice_refused"
    return str(entry.details["reason"])


@pytest.mark.parametrize("shape", ["stage", "canvas_stage"])
def test_pns_hello_is_kept(shape: str, request: pytest.FixtureRequest) -> None:
    """The notice that a new handler gets at once (PNS)."""
    stage: Stage = request.getfixturevalue(shape)

    answer = send(stage, hello(stage))

    (notice,) = kept(stage)
    assert (answer.status_code, answer.data) == (202, b"")
    assert (notice.kind, notice.context_lti_id, notice.origins) == (
        "LtiHelloWorldNotice",
        "",
        [],
    )
    assert notice.received_at == NOW


def test_pns_a_copied_course_names_where_it_comes_from(stage: Stage) -> None:
    """The new course and its origins (PNS, context copy)."""
    campus, cast = stage.registered.campus, stage.registered.cast
    claims = notices.context_copy(campus, cast.tool, cast.course, origins=("old-1",))

    answer = send(stage, tokens.id_token(campus, claims))

    (notice,) = kept(stage)
    assert answer.status_code == 202
    assert (notice.kind, notice.context_lti_id, notice.origins) == (
        "LtiContextCopyNotice",
        cast.course.context_id,
        ["old-1"],
    )


def test_pns_the_same_notice_is_kept_once(stage: Stage) -> None:
    """A platform may send again; a thief may, too."""
    token = hello(stage)

    answers = [send(stage, token), send(stage, token, token)]

    assert [answer.status_code for answer in answers] == [202, 202]
    assert len(kept(stage)) == 1


def test_pns_one_bad_notice_spoils_the_batch(stage: Stage) -> None:
    """All of them are kept, or none."""
    answer = send(stage, hello(stage), hello(stage, changes={"exp": 0}))

    assert refused(stage, answer) == "expired"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"iss": "https://elsewhere.example"}, "sender_unknown"),
        ({"iss": REMOVED}, "issuer"),
        ({"iss": "x\0y"}, "issuer"),
        ({"aud": "another-tool"}, "sender_unknown"),
        ({"aud": REMOVED}, "audience"),
        ({"aud": ["laurel", "another"], "azp": REMOVED}, "authorized_party"),
        ({"azp": "another"}, "authorized_party"),
        ({"exp": 0}, "expired"),
        ({"exp": REMOVED}, "not_a_jwt"),
        ({"iat": 11111}, "issued_at"),
        ({"iat": "now"}, "timestamps"),
        ({lti.VERSION: "1.1"}, "version"),
        ({lti.DEPLOYMENT_ID: REMOVED}, "deployment_id"),
        ({lti.NOTICE: REMOVED}, "notice_type"),
        ({lti.NOTICE: {"type": "LtiOther", "id": "1"}}, "notice_type"),
        ({lti.NOTICE: {"type": "LtiHelloWorldNotice"}}, "notice_id"),
        (
            {lti.NOTICE: {"type": "LtiHelloWorldNotice", "id": "1", "timestamp": "x"}},
            "notice_timestamp",
        ),
        ({lti.NOTICE: {"type": "LtiContextCopyNotice", "id": "1"}}, "origin_contexts"),
        (
            {
                lti.NOTICE: {"type": "LtiContextCopyNotice", "id": "1"},
                lti.ORIGIN_CONTEXTS: [],
            },
            "context",
        ),
        ({lti.MESSAGE_TYPE: "LtiResourceLinkRequest"}, "message_type"),
    ],
)
def test_pns_a_false_notice_is_refused(
    stage: Stage, changes: dict[str, object], reason: str
) -> None:
    """Claims as of a launch (Security Framework 5.1.3), and those of a notice."""
    answer = send(stage, hello(stage, changes=changes))

    assert refused(stage, answer) == reason


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        ({"alg": "none"}, "algorithm"),
        ({"kid": REMOVED}, "kid"),
        ({"kid": "no-such-key"}, "kid_unknown"),
    ],
)
def test_pns_a_header_that_is_none_of_the_platforms(
    stage: Stage, header: dict[str, object], reason: str
) -> None:
    """One algorithm, and a key the platform publishes (5.1.3, step 6)."""
    assert refused(stage, send(stage, hello(stage, header=header))) == reason


def test_pns_another_key_is_no_signature(stage: Stage) -> None:
    """Signed by somebody else under the platform's key id (5.1.3, step 1)."""
    kid = stage.registered.campus.keys.current.kid

    answer = send(stage, hello(stage, key=signing_key(kid)))

    assert refused(stage, answer) == "signature"


def test_pns_a_platform_that_is_not_let_in(stage: Stage) -> None:
    """Pending or disabled: as if it were unknown."""
    stage.session.execute(sa.update(Registration).values(state="disabled"))
    stage.session.commit()

    assert refused(stage, send(stage, hello(stage))) == "sender_unknown"


def test_pns_a_place_that_is_shut_out(stage: Stage) -> None:
    """The deployment counts as at a launch (LTI Core 3.1.3)."""
    row = stage.session.get_one(Registration, stage.registered.registration.id)
    lti_id = stage.registered.cast.tool.deployment_ids[0]
    a_deployment(stage.session, registration=row, lti_id=lti_id, state="disabled")
    stage.session.commit()

    assert refused(stage, send(stage, hello(stage))) == "sender_unknown"


def test_pns_of_two_namesakes_the_one_with_the_deployment_sent_it(
    stage: Stage,
) -> None:
    """Two institutions of a cloud share issuer, client and keys."""
    own = stage.session.get_one(Registration, stage.registered.registration.id)
    columns = {
        c.key: getattr(own, c.key) for c in sa.inspect(Registration).column_attrs
    }
    twin = Registration(**{**columns, "id": None, "public_id": "twin"})
    stage.session.add(twin)
    stage.session.commit()
    unclear = send(stage, hello(stage)).status_code
    lti_id = stage.registered.cast.tool.deployment_ids[0]
    a_deployment(stage.session, registration=twin, lti_id=lti_id)
    stage.session.commit()

    answer = send(stage, hello(stage))

    assert (unclear, answer.status_code) == (400, 202)
    assert [notice.registration_id for notice in kept(stage)] == [twin.id]


@pytest.mark.parametrize(
    ("body", "status", "reason"),
    [
        (b"", 400, "not_json"),
        (b"{", 400, "not_json"),
        (b"\xff", 400, "not_json"),
        (b"[" * 5000, 400, "not_json"),
        (b"[]", 400, "no_notices"),
        (b'{"notices": []}', 400, "no_notices"),
        (b'{"notices": {}}', 400, "no_notices"),
        (json.dumps({"notices": [{}] * 51}).encode(), 400, "no_notices"),
        (b'{"notices": [1]}', 400, "no_jwt"),
        (b'{"notices": [{"jwt": 1}]}', 400, "no_jwt"),
        (b'{"notices": [{"jwt": "a.b"}]}', 400, "not_a_jwt"),
    ],
)
def test_pns_what_is_no_notice_is_refused(
    stage: Stage, body: bytes, status: int, reason: str
) -> None:
    """Anything else is 4xx, and tells nothing."""
    assert refused(stage, post(stage, body), status) == reason


def test_pns_too_much_and_another_media_type(stage: Stage) -> None:
    """The body has a bound; it is JSON."""
    huge = post(stage, b" " * 300_000)
    form = post(stage, "jwt=x", "application/x-www-form-urlencoded")

    assert (huge.status_code, form.status_code, kept(stage)) == (413, 415, [])


def test_pns_a_notice_is_no_launch(stage: Stage) -> None:
    """It opens no session."""
    begun = stage.begin()
    answer = stage.post(begun, hello(stage, changes={"nonce": begun.nonce}))

    assert stage.refusal(answer) == "message_type"
