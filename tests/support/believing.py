"""A platform whose roster is cut off, and who says to believe it."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from campus.faults import changed
from models import SyncState
from tests.support.launches import Caller
from tests.support.syncing import Desk

LEAVERS = {"accept": ["leavers"]}
CLEARED = {"accept": ["cleared"]}
KNOWN, TENTH = 19, 2
"""Those of the course and ten more; and those whom the platform still names."""


def let_be_cut(desk: Desk) -> None:
    def tenth(body: object) -> object:
        assert isinstance(body, dict)
        return {**body, "members": body.get("members", [])[:TENTH]}

    desk.registered.campus.faults.on("memberships", changed(tenth))


def ask(teacher: Caller, body: object = None) -> Any:  # noqa: ANN401 -- werkzeug's answer
    return teacher.send("POST", f"{teacher.course}/sync", body)


def active(desk: Desk) -> int:
    """Count who is in the course, but for who decides."""
    desk.session.rollback()
    people = desk.people().values()
    return sum(
        1 for role, standing in people if standing == "active" and role != "admin"
    )


def error(desk: Desk) -> str:
    desk.session.rollback()
    return desk.state("roster").error or ""


def words(session: Session) -> list[str]:
    """Return the sources whose next reading is to be believed."""
    session.rollback()
    query = sa.select(SyncState.source).where(SyncState.accepted_at.is_not(None))
    return sorted(session.scalars(query))
