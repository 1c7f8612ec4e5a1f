"""What a rule gave and a person gives as well: no rule takes it back any more."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import Award

BY_PEOPLE = ("hand", "import")
"""Who claims by a code what they have gets nothing, and uses none of it up."""


def pin(session: Session, given: Mapping[str, dict[str, Any]], origin: str) -> None:
    """Let people's words stand beside the evidence by which a rule gave some awards.

    `given` is what they say, by the awards' public ids. The award stays the one it
    is; the number that met the rule stays in it. Two statements, or none.
    """
    if not given:
        return
    known = session.execute(
        sa.select(Award.id, Award.public_id, Award.evidence).where(
            Award.public_id.in_(given)
        )
    )
    rows = [
        {"id": id_, "origin": origin, "evidence": {**evidence, **given[public_id]}}
        for id_, public_id, evidence in known
    ]
    session.execute(sa.update(Award), rows)
