"""A teacher who picks links on the campus."""

from collections.abc import Mapping
from typing import Any

import jwt
from werkzeug.test import TestResponse

from campus import vocabulary as lti
from campus.records import Person
from campus.tokens import REMOVED
from tests.conformance.stage import Stage, bearer_of

DL = "https://purl.imsglobal.org/spec/lti-dl/claim/"


SETTINGS = f"{DL}deep_linking_settings"


PANEL = {"panel": "overview", "title": "Your progress"}


def settings(stage: Stage, **changes: object) -> dict[str, object]:
    """Return what a platform says of the place that takes links."""
    said = {
        "accept_types": ["ltiResourceLink"],
        "accept_presentation_document_targets": ["iframe", "window"],
        "accept_multiple": True,
        "deep_link_return_url": f"{stage.registered.campus.base_url}/return?course=3",
        **changes,
    }
    return {name: value for name, value in said.items() if value is not REMOVED}


def ask(
    stage: Stage,
    person: Person | None = None,
    *,
    claims: Mapping[str, object] | None = None,
    **changes: Any,  # noqa: ANN401 -- whatever a platform may send
) -> TestResponse:
    """Begin to pick links, as a teacher unless somebody else is named."""
    asked: dict[str, object] = {
        lti.MESSAGE_TYPE: "LtiDeepLinkingRequest",
        lti.RESOURCE_LINK: REMOVED,
        SETTINGS: settings(stage, **changes),
        **(claims or {}),
    }
    return stage.launch(person or stage.registered.cast.iris, asked)


def answer(stage: Stage, picker: TestResponse, *items: object) -> TestResponse:
    """Send what was picked, as the picker's page does."""
    return stage.browser().post(
        "/lti/deep-linking",
        headers={"Authorization": f"Bearer {bearer_of(picker)}"},
        json={"items": list(items)},
    )


def response(stage: Stage, picker: TestResponse, *items: object) -> dict[str, Any]:
    """Return the claims of the answer, read as the platform reads them."""
    answered = answer(stage, picker, *items)
    assert (answered.status_code, answered.mimetype) == (200, "application/json")
    assert answered.json is not None
    return read(stage, str(answered.json["jwt"]))


def read(stage: Stage, token: str) -> dict[str, Any]:
    keys = jwt.PyJWKSet.from_dict(stage.browser().get("/lti/jwks.json").json or {})
    registration = stage.registered.registration
    claims: dict[str, Any] = jwt.decode(
        token,
        keys[jwt.get_unverified_header(token)["kid"]].key,
        algorithms=["RS256"],
        audience=registration.issuer,
        issuer=registration.client_id,
        options={"verify_exp": False, "verify_iat": False},
    )
    return claims
