"""Two who change the same thing: the second is told, and nothing is lost."""

import hashlib
import json
from typing import Literal

from flask import Response
from pydantic import BaseModel, Field
from werkzeug.http import parse_etags

from views.api.problems import problem

CHANGED = "Somebody has changed it since you read it: read it again, then decide anew."


class IfMatch(BaseModel):
    """The header by which a change counts only for what its caller has read."""

    if_match: str | None = Field(default=None, alias="If-Match", max_length=500)
    """The `ETag` of what was read; without it the change is made in any case."""


class Matching(IfMatch):
    """The headers by which something is changed, or made, only as its caller knows it."""

    if_none_match: Literal["*"] | None = Field(default=None, alias="If-None-Match")
    """`*`: only if there is none of this key yet."""


def tag_of(*content: object) -> str:
    """Return the tag of a content: the same for the same."""
    text = json.dumps(content, default=str, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def refused(tag: str | None, header: Matching, there_is_one: str) -> Response | None:
    """Return the refusal (412) of a change, or of a making, that knew something else.

    The tag is None where there is nothing yet: then no `If-Match` holds, `*` included.
    """
    if tag is None:
        return None if header.if_match is None else problem(412, CHANGED)
    if header.if_none_match is not None:
        return problem(412, there_is_one)
    return changed_since(tag, header)


def changed_since(tag: str, header: IfMatch) -> Response | None:
    """Return the refusal (412) of a request that read something else; or None."""
    if header.if_match is None or parse_etags(header.if_match).contains(tag):
        return None
    return problem(412, CHANGED)
