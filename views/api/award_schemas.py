"""The shapes of awards and codes in the API; sentences are for people."""

from datetime import UTC, datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, AwareDatetime, Field, StrictBool

from gamification.awards.decisions import OURS
from views.api.examples import example, shown
from views.api.schemas import Answer, Asked, CoursePath, Printable, PublicId

LONG_AGO, FAR = datetime(1970, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


def _own_words(reason: str) -> str:
    if reason in OURS:
        raise ValueError("Laurel says that itself; please say why in other words")
    return reason


def _before_long(moment: datetime) -> datetime:
    if not LONG_AGO <= moment < FAR:
        raise ValueError("that is too far away")
    return moment


Moment = Annotated[AwareDatetime, AfterValidator(_before_long)]
Said = Annotated[Printable, Field(max_length=255)]
Why = Annotated[Printable, Field(min_length=1, max_length=255)]
Id = Annotated[Printable, Field(min_length=1, max_length=255)]


class AwardPath(CoursePath):
    award_id: PublicId


class CodePath(CoursePath):
    code_id: PublicId


class AwardsQuery(Asked):
    user: Printable | None = Field(default=None, max_length=64)
    """Our id of a person; learners read their own awards alone."""
    badge: Printable | None = Field(default=None, max_length=128)
    """A badge's key."""
    cursor: PublicId | None = None
    limit: int = Field(default=50, ge=1, le=200)


class ImportQuery(Asked):
    dry_run: bool = False
    """Tell what would be done, and do nothing."""


class Grant(Asked):
    """A badge for a learner, whatever its rule says."""

    model_config = example(badge="helper", user="91c2f0…", reason="helped in week 3")

    badge: Id
    """The badge's key."""
    user: Id
    """Our id of the person, or the platform's."""
    reason: Said = ""
    expires_at: Moment | None = None
    """When the award ends; left out, it lasts as the badge says."""


class Revocation(Asked):
    model_config = example(reason="it was copied", bars_regrant=True)

    reason: Annotated[Why, AfterValidator(_own_words)]
    """The award's owner may read it."""
    bars_regrant: StrictBool = True
    """The badge is not given again until that is lifted."""


class Renewal(Asked):
    model_config = example(expires_at="2027-07-31T22:00:00Z")

    expires_at: Moment | None
    """When the award ends; `null`: it lasts."""


class Award(Answer):
    """An award, open or over, with the evidence and the version it was granted by."""

    model_config = example(
        id="5f2c0a…",
        user_id="91c2f0…",
        name="Ada Ahorn",
        badge="helper",
        label="Helper",
        icon="🤝",
        version=1,
        sequence=1,
        state="open",
        origin="hand",
        evidence={"by": "77ab01…", "role": "instructor", "reason": "helped in week 3"},
        granted_at="2026-11-22T10:00:00Z",
        expires_at=None,
        ended_at=None,
        end_reason=None,
        ended_by=None,
        barred=False,
    )

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
    model_config = example(items=[shown(Award)], next=None)

    items: list[Award]
    next: str | None


class BadRow(Answer):
    line: int
    reason: str


class AwardsImported(Answer):
    """What came of a file; of the refused rows the first thousand are named."""

    model_config = example(
        dry_run=False,
        granted=28,
        held=1,
        refused=1,
        rows=[{"line": 7, "reason": "there is no such badge here; there are helper"}],
    )

    dry_run: bool
    granted: int
    held: int
    """They had the badge already."""
    refused: int
    rows: list[BadRow]


class CodeWanted(Asked):
    model_config = example(badge="helper", uses=30, expires_at="2026-12-01T17:00:00Z")

    badge: Id
    uses: int = Field(ge=1, le=100_000)
    """How many awards it may give in all."""
    expires_at: Moment


class Code(Answer):
    """A code, without its word."""

    model_config = example(
        id="c0de5f…",
        badge="helper",
        uses=30,
        used=4,
        state="open",
        created_at="2026-11-22T10:00:00Z",
        expires_at="2026-12-01T17:00:00Z",
    )

    id: str
    badge: str
    uses: int
    used: int
    state: Literal["open", "used_up", "expired", "revoked"]
    created_at: datetime
    expires_at: datetime


class NewCode(Code):
    model_config = example(**shown(Code) | {"used": 0, "code": "K7QP-2MXA-9TFW"})

    code: str | None
    """The word, told this once: empty where the same `Idempotency-Key` comes again."""


class CodeList(Answer):
    model_config = example(items=[shown(Code)], next=None)

    items: list[Code]
    next: None = None


class Claim(Asked):
    model_config = example(code="K7QP-2MXA-9TFW")

    code: str = Field(min_length=1, max_length=100)
