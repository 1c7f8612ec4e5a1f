"""Notices to a tool (Platform Notification Service 1.0), as Canvas sends them.

notice = notices.hello(campus, tool)
notice = notices.context_copy(campus, tool, course, origins=("an-old-id",))
notices.body(tokens.id_token(campus, notice))      # what is posted to the tool
"""

import json
import uuid
from typing import TYPE_CHECKING

from campus import vocabulary as lti
from campus.records import Course, Tool
from campus.tokens import Claims

if TYPE_CHECKING:
    from campus.state import Campus

HELLO, CONTEXT_COPY = "LtiHelloWorldNotice", "LtiContextCopyNotice"
LIFETIME = 3600


def hello(campus: "Campus", tool: Tool) -> Claims:
    """Return the claims of the notice that a new handler gets at once."""
    return _claims(campus, tool, HELLO)


def context_copy(
    campus: "Campus", tool: Tool, course: Course, *, origins: tuple[str, ...]
) -> Claims:
    """Return the claims of: this course is a copy of those."""
    return {
        **_claims(campus, tool, CONTEXT_COPY),
        lti.CONTEXT: {"id": course.context_id, "title": course.title},
        lti.ORIGIN_CONTEXTS: list(origins),
    }


def body(*signed: str) -> bytes:
    """Return what a platform posts: a batch of signed notices."""
    return json.dumps({"notices": [{"jwt": token} for token in signed]}).encode()


def _claims(campus: "Campus", tool: Tool, kind: str) -> Claims:
    now = int(campus.now().timestamp())
    return {
        "iss": campus.issuer,
        "aud": tool.client_id,
        "azp": tool.client_id,
        "iat": now,
        "exp": now + LIFETIME,
        "nonce": str(uuid.uuid4()),
        lti.VERSION: "1.3.0",
        lti.DEPLOYMENT_ID: tool.deployment_ids[0],
        lti.NOTICE: {
            "id": str(uuid.uuid4()),
            "timestamp": f"{campus.now():%Y-%m-%dT%H:%M:%SZ}",
            "type": kind,
        },
    }
