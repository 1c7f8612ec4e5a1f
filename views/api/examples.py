"""What a question looks like, for the OpenAPI document."""

from typing import cast

from pydantic import ConfigDict


def example(**fields: object) -> ConfigDict:
    """Show in the document what is asked for; the rest is as for all questions."""
    # A key of flask-openapi3's own, which pydantic keeps and does not know.
    return cast("ConfigDict", {"openapi_extra": {"example": fields}})
