"""The examples in the API's description are what the API takes."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from pydantic import BaseModel

from views.api import award_schemas

SHOWN: dict[str, type[BaseModel]] = {
    "POST /api/v1/courses/{course_id}/awards": award_schemas.Grant,
    "PUT /api/v1/courses/{course_id}/awards/{award_id}": award_schemas.Renewal,
    "DELETE /api/v1/courses/{course_id}/awards/{award_id}": award_schemas.Revocation,
    "POST /api/v1/courses/{course_id}/codes": award_schemas.CodeWanted,
    "POST /api/v1/me/claims": award_schemas.Claim,
}


@pytest.mark.parametrize("name", SHOWN)
def test_an_example_makes_sense(client: FlaskClient, name: str) -> None:
    method, _, path = name.partition(" ")
    document: Any = client.get("/api/v1/openapi.json").json

    body = document["paths"][path][method.lower()]["requestBody"]
    example = body["content"]["application/json"]["example"]

    read = SHOWN[name].model_validate(example).model_dump(exclude_unset=True)
    assert read.keys() == example.keys()
