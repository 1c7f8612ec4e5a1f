"""The shapes of awards and codes in the API; sentences are for people."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, AwareDatetime, Field, StrictBool

from gamification.awards.decisions import OURS
from views.api.schemas import Answer, Asked, CoursePath, Cursor, Printable


def _own_words(reason: str) -> str:
    if reason in OURS:
        raise ValueError("Laurel says that itself; please say why in other words")
    return reason


Said = Annotated[Printable, Field(max_length=255)]
Why = Annotated[Printable, Field(min_length=1, max_length=255)]
Id = Annotated[Printable, Field(min_length=1, max_length=255)]


class AwardPath(CoursePath):
    award_id: str = Field(max_length=64)


class CodePath(CoursePath):
    code_id: str = Field(max_length=64)


class AwardsQuery(Asked):
    user: Printable | None = Field(default=None, max_length=64)
    """Our id of a person; learners read their own awards alone."""
    badge: Printable | None = Field(default=None, max_length=128)
    """A badge's key."""
    cursor: Cursor | None = None
    limit: int = Field(default=50, ge=1, le=200)


class ImportQuery(Asked):
    dry_run: bool = False
    """Tell what would be done, and do nothing."""


class Grant(Asked):
    """A badge for a learner, whatever its rule says."""

    badge: Id
    """The badge's key."""
    user: Id
    """Our id of the person, or the platform's."""
    reason: Said = ""
    expires_at: AwareDatetime | None = None
    """When the award ends; left out, it lasts as the badge says."""


class Revocation(Asked):
    reason: Annotated[Why, AfterValidator(_own_words)]
    """The award's owner may read it."""
    bars_regrant: StrictBool = True
    """The badge is not given again until that is lifted."""


class Renewal(Asked):
    expires_at: AwareDatetime | None
    """When the award ends; `null`: it lasts."""


class Award(Answer):
    """An award, open or over, with the evidence and the version it was granted by."""

    id: str
    user_id: str
    name: str
    badge: str
    """The badge's key."""
    label: str
    icon: str
    version: int
    sequence: int
    """The how-manieth of this badge for this person."""
    state: Literal["open", "expired", "unmet", "revoked"]
    origin: Literal["rule", "hand", "import", "code"]
    evidence: dict[str, object]
    """The metric, what it asked for and the value; or who gave it (`by`, for staff),
    in which `role`, and the `reason`."""
    granted_at: datetime
    expires_at: datetime | None
    ended_at: datetime | None
    end_reason: str | None
    ended_by: str | None
    """Who revoked it, for staff: a person's id, or `operator`."""
    barred: bool
    """It was revoked, and the badge is not given again until that is lifted."""


class AwardList(Answer):
    items: list[Award]
    next: str | None


class BadRow(Answer):
    line: int
    reason: str


class Imported(Answer):
    """What came of a file; of the refused rows the first thousand are named."""

    dry_run: bool
    granted: int
    held: int
    """They had the badge already."""
    refused: int
    rows: list[BadRow]


class CodeWanted(Asked):
    badge: Id
    uses: int = Field(ge=1, le=100_000)
    """How many awards it may give in all."""
    expires_at: AwareDatetime


class Code(Answer):
    """A code, without its word."""

    id: str
    badge: str
    uses: int
    used: int
    state: Literal["open", "used_up", "expired", "revoked"]
    created_at: datetime
    expires_at: datetime


class NewCode(Code):
    code: str
    """The word, told this once."""


class CodeList(Answer):
    items: list[Code]
    next: None = None


class Claim(Asked):
    code: str = Field(min_length=1, max_length=100)
