"""What questions and answers look like, for the OpenAPI document."""

from collections.abc import Mapping
from typing import Any, cast

from flask_openapi3.models.media_type import MediaType
from flask_openapi3.models.path_item import PathItem
from flask_openapi3.models.request_body import RequestBody
from flask_openapi3.openapi import OpenAPI
from pydantic import BaseModel, ConfigDict


def example(**fields: object) -> ConfigDict:
    """Show in the document what is asked for, or answered; the rest is as for all."""
    # A key of flask-openapi3's own, which pydantic keeps and does not know.
    return cast("ConfigDict", {"openapi_extra": {"example": fields}})


def example_if_any(**fields: object) -> ConfigDict:
    """Show the same of what need not be sent."""
    return cast("ConfigDict", {"openapi_extra": {"example": fields, "required": False}})


def shown(model: type[BaseModel]) -> dict[str, Any]:
    """Return what is shown of a model, to stand in what is shown of another."""
    extra = cast("dict[str, Any]", model.model_config)["openapi_extra"]
    found: dict[str, Any] = extra["example"]
    return found


def show_texts(app: OpenAPI, examples: Mapping[str, str]) -> None:
    """Show what texts look like that are sent as they are, by their media type."""
    # The library has examples of models alone.
    for path in app.paths.values():
        for content in _bodies(path):
            for kind in content.keys() & examples.keys():
                content[kind].example = examples[kind]


def _bodies(path: PathItem) -> list[dict[str, MediaType]]:
    operations = [one for one in (path.put, path.post) if one is not None]
    bodies = [one.requestBody for one in operations]
    return [one.content for one in bodies if isinstance(one, RequestBody)]
