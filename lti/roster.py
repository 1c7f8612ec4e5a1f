"""Names and Roles Provisioning 2.0: who is in a course.

https://www.imsglobal.org/spec/lti-nrps/v2p0
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from lti.connector import StrictServiceConnector
from lti.errors import PlatformUnavailable, ServiceRefused, WalkStopped
from lti.groups import Groups, custom_of
from lti.platforms.base import Platform
from lti.roles import role_of
from lti.rows import Dropped, RowMalformed, members_of, subject_of, text_of

SCOPE = "https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly"
ACCEPT = "application/vnd.ims.lti-nrps.v2.membershipcontainer+json"
LONGEST_NAME = 255
MAX_MEMBERS = 200_000
GONE = {"Inactive", "Deleted"}
TO_THE_LETTER = Platform()


@dataclass(frozen=True)
class Member:
    """Somebody in a course; the name is empty where the platform sends none."""

    sub: str
    name: str
    role: str
    groups: Groups = field(default_factory=dict, hash=False)
    """Their sections and groups, where the platform tells them."""


@dataclass(frozen=True)
class RosterPage:
    """A part of a roster, each person once and in the order of ids."""

    members: tuple[Member, ...]
    gone: frozenset[str]
    """Whom the platform calls inactive or deleted."""
    unclear: frozenset[str]
    """Who is named by a row we cannot read: no reason to believe that they left."""
    dropped: tuple[Dropped, ...]


def pages(
    connector: StrictServiceConnector, memberships_url: str, context_id: str
) -> Iterator[RosterPage]:
    """Yield a course's roster; it is whole when this ends without an exception.

    Raises what the connector raises, and WalkStopped beyond 200,000 rows.
    """
    rows_seen = 0
    for number, body in enumerate(_bodies(connector, memberships_url, context_id), 1):
        rows = body.get("members") if isinstance(body, dict) else None
        if not isinstance(rows, list):
            raise PlatformUnavailable("The roster's answer holds no members.")
        rows_seen += len(rows)
        if rows_seen > MAX_MEMBERS:
            raise WalkStopped(f"The roster has more than {MAX_MEMBERS} rows.")
        yield read_page(rows, number, connector.platform)


def read_page(
    rows: list[object], number: int = 1, platform: Platform = TO_THE_LETTER
) -> RosterPage:
    """Read a page's rows; a person who is named again is as the last row says."""
    members: dict[str, Member | None] = {}
    gone: set[str] = set()
    dropped = []
    for position, row in enumerate(rows, 1):
        sub = ""
        try:
            fields = members_of(row)
            sub = subject_of(fields.get("user_id"))
            gone.discard(sub)
            members[sub] = _member(sub, fields, platform)
        except RowMalformed as fault:
            where = f"page {number}, row {position}"
            dropped.append(Dropped(where, str(fault), sub))
            if sub:
                members.setdefault(sub, None)
        except _Gone:
            members.pop(sub, None)
            gone.add(sub)
    read = sorted((m for m in members.values() if m), key=lambda member: member.sub)
    unclear = frozenset(sub for sub, member in members.items() if member is None)
    return RosterPage(tuple(read), frozenset(gone), unclear, tuple(dropped))


class _Gone(Exception):
    pass


def _bodies(
    connector: StrictServiceConnector, memberships_url: str, context_id: str
) -> Iterator[object]:
    url = connector.platform.roster_url(memberships_url, context_id)
    pages = connector.pages([SCOPE], url, ACCEPT)
    try:
        yield next(pages)
    except ServiceRefused as refusal:
        # Our wishes in the query may be what an older version does not know.
        if refusal.status != 400 or url == memberships_url:
            raise
        pages = connector.pages([SCOPE], memberships_url, ACCEPT)
    yield from pages


def _member(sub: str, fields: dict[str, object], platform: Platform) -> Member:
    status = fields.get("status", "Active")
    if status in GONE:
        raise _Gone
    if status != "Active":
        raise RowMalformed("unknown status")
    roles = fields.get("roles")
    if not isinstance(roles, list):
        raise RowMalformed("no roles")
    role = role_of(role for role in roles if isinstance(role, str))
    return Member(sub, _name(fields), role, platform.groups_of(custom_of(fields)))


def _name(fields: dict[str, object]) -> str:
    if name := text_of(fields.get("name"), LONGEST_NAME):
        return name
    parts = (text_of(fields.get(f"{part}_name"), 127) for part in ("given", "family"))
    return " ".join(part for part in parts if part)
