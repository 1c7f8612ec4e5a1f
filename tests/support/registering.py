"""An invitation, and a campus whose administrator pastes it."""

import re
from typing import Any
from urllib.parse import urlencode

from flask_openapi3.openapi import OpenAPI
from werkzeug.test import TestResponse

from campus.state import Campus


def an_invitation(app: OpenAPI, *words: str, tenant: str = "acme") -> str:
    """Invite as the operator does; return the secret."""
    command = ["platform", "invite", "--tenant", tenant, *words]
    result = app.test_cli_runner().invoke(args=command)
    (secret,) = re.findall(r"/lti/register/(\S+)", result.output)
    return str(secret)


def paste(
    app: OpenAPI,
    campus: Campus,
    secret: str,
    **changes: Any,  # noqa: ANN401 -- whatever a platform may send
) -> TestResponse:
    """Open an invitation as the campus does; `changes` replace its parameters."""
    query = {**campus.shape.registration_query(campus), **changes}
    return app.test_client().get(f"/lti/register/{secret}?{urlencode(query)}")
