"""Two who change the same thing: the second is told, and nothing is lost."""

import hashlib
import json

from flask import Response
from pydantic import BaseModel, Field
from werkzeug.http import parse_etags

from views.api.problems import problem

CHANGED = "Somebody has changed it since you read it: read it again, then decide anew."


class IfMatch(BaseModel):
    """The header by which a change counts only for what its caller has read."""

    if_match: str | None = Field(default=None, alias="If-Match", max_length=500)
    """The `ETag` of what was read; without it the change is made in any case."""


def tag_of(*content: object) -> str:
    """Return the tag of a content: the same for the same."""
    text = json.dumps(content, default=str, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def changed_since(tag: str, header: IfMatch) -> Response | None:
    """Return the refusal (412) of a request that read something else; or None."""
    if header.if_match is None or parse_etags(header.if_match).contains(tag):
        return None
    return problem(412, CHANGED)
