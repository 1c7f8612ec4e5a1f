"""Who lets a platform in is told which switch comes next."""

from dataclasses import replace

import pytest
import sqlalchemy as sa
from flask_openapi3.openapi import OpenAPI
from sqlalchemy.orm import Session

from models import Tenant
from tests.factories import a_registration


@pytest.mark.parametrize(
    ("environment", "tenant", "said"),
    [
        (False, False, "set GAMIFICATION_ENABLED=true"),
        (False, True, "set GAMIFICATION_ENABLED=true"),
        (True, False, "`flask gamification enable --tenant "),
        (True, True, None),
    ],
)
def test_approving_names_the_next_switch(
    app: OpenAPI,
    session: Session,
    *,
    environment: bool,
    tenant: bool,
    said: str | None,
) -> None:
    app.extensions["laurel"] = replace(
        app.extensions["laurel"], gamification_enabled=environment
    )
    public_id = a_registration(session, state="pending").public_id
    session.execute(sa.update(Tenant).values(enabled=tenant))
    session.commit()

    command = ["platform", "approve", public_id]
    result = app.test_cli_runner().invoke(args=command)

    assert result.stdout.endswith(f"{public_id} is active\n")
    assert result.stderr == "" if said is None else said in result.stderr
