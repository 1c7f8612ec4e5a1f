"""Which services a platform lets us use, by the word of its tokens.

What a registration answers, and what a launch names, need not be what is granted.
"""

from collections.abc import Collection

from sqlalchemy.orm import Session

from lti.grades import SCOPES
from models import Registration


def note(
    session: Session,
    registration_id: int,
    asked: Collection[str],
    granted: Collection[str],
) -> None:
    """Remember what was granted of what was asked for; the rest stays as it was."""
    row = session.get_one(Registration, registration_id)
    known = set(row.granted_scopes or ())
    row.granted_scopes = sorted((known - set(asked)) | set(granted))


def short(scope: str) -> str:
    """Return a scope's own name; `ags/…` for those of grades."""
    name = scope.rsplit("/", 1)[-1]
    return f"ags/{name}" if scope.startswith(SCOPES) else name
