"""docs/defaults.md tells what the program does where nobody has decided anything."""

import re
import tomllib
from collections.abc import Callable
from typing import Any

from config import ROOT, Config
from gamification.awards import claims, expiring
from gamification.awards.decisions import Revocation
from gamification.catalog import Criterion, load
from gamification.catalog.own import Past
from gamification.metrics import POINT
from gamification.metrics.streaks import FREE_WEEKS
from gamification.metrics.weights import SHIPPED
from gamification.standings import milestones
from gamification.standings.filters import FEWEST
from gamification.standings.freezing import DAYS_OPEN
from models import Badge, BadgeVersion, Base, Context, Tenant

MANUAL = (ROOT / "docs" / "defaults.md").read_text()
SURE = {"tested", "seen", "judged", "doubtful"}
CONFIG = Config.from_environment(
    {
        "PUBLIC_URL": "https://laurel.example",
        "SECRET_KEY": "s" * 32,
        "ENCRYPTION_KEYS": "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",
    }
)
CATALOG = load(ROOT / "catalog.toml")


def column(model: type[Base], name: str) -> Any:  # noqa: ANN401 -- whatever the column holds
    """Return what a row has that says nothing; None where it is left empty."""
    default = model.__table__.c[name].default
    return None if default is None else default.arg


def switched(on: object) -> str:
    return "on" if on else "off"


def points(kind: str) -> str:
    (weight,) = (one.points for one in SHIPPED if one.kind == kind)
    return said(weight // POINT, "point")


def said(number: int, unit: str) -> str:
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"


def opened() -> str:
    assert "launched" not in {weight.kind for weight in SHIPPED}
    return "0 points"


def cap() -> str:
    (most,) = (one.daily_cap for one in SHIPPED if one.daily_cap is not None)
    return said(most // POINT, "point")


def streaks() -> str:
    shipped = [one.criterion for one in CATALOG.entries]
    return str(sum(_asks_for_weeks(one) for one in shipped))


def _asks_for_weeks(criterion: Criterion) -> bool:
    return any(leaf.metric == "streak_weeks" for leaf in criterion.leaves)


def first_milestones() -> str:
    return f"{', '.join(map(str, milestones.CURVE[:4]))} points"


VALUES: dict[str, Callable[[], str]] = {
    "the operator's switch": lambda: switched(CONFIG.gamification_enabled),
    "the organisation's switch": lambda: switched(column(Tenant, "enabled")),
    "the course's switch": lambda: switched(column(Context, "enabled")),
    "the board of a course that is on": lambda: switched(
        column(Context, "board_enabled")
    ),
    "who is on it": lambda: str(column(Context, "board_participation")),
    "what a person is called on it": lambda: str(column(Context, "board_identity")),
    "the form of a rank": lambda: str(column(Context, "board_rank")),
    "people at the top who are shown": lambda: str(column(Context, "board_top")),
    "neighbours to each side": lambda: str(column(Context, "board_neighbours")),
    "fewest people on a board": lambda: str(FEWEST),
    "a closed week or month still takes what comes late for": lambda: said(
        DAYS_OPEN, "day"
    ),
    "points one needs to be on it": lambda: str(column(Context, "board_minimum")),
    "leagues of people with like points": lambda: switched(
        column(Context, "board_leagues")
    ),
    "handing in": lambda: points("submitted"),
    "a post": lambda: points("posted"),
    "the most for posts in a day": cap,
    "completing an activity": lambda: points("completed"),
    "full marks": lambda: points("graded"),
    "opening the tool": opened,
    "badges that are shipped": lambda: str(len(CATALOG.entries)),
    "shipped badges for a streak": streaks,
    "weeks a streak forgives": lambda: str(FREE_WEEKS),
    "who no longer meets the rule": lambda: str(column(Badge, "policy")),
    "a revoked badge": lambda: (
        "stays barred" if Revocation("why").bars else "may come back"
    ),
    "how long a badge lasts": lambda: (
        "for good" if column(BadgeVersion, "valid_days") is None else "some days"
    ),
    "warning before an end": lambda: said(expiring.WARNED_BEFORE.days, "day"),
    "a new rule's awards for the past": lambda: "told" if Past().notify else "silent",
    "the first milestones": first_milestones,
    "after the last of the curve, every": lambda: said(milestones.BEYOND, "point"),
    "wrong codes until a pause": lambda: str(claims.MOST_WRONG),
    "the pause": lambda: said(int(claims.WITHIN.total_seconds()) // 60, "minute"),
    "the zone of days": lambda: str(column(Tenant, "time_zone")),
    "the nightly look": lambda: CONFIG.recompute_at,
    "a course's grades are fetched every": lambda: said(
        CONFIG.sync_every_minutes, "minute"
    ),
}


def rows() -> list[list[str]]:
    """Return the rows of the page's tables, without their heads."""
    lines = [line for line in MANUAL.splitlines() if line.startswith("|")]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return [row for row in cells if row[0] not in {"what", "---"}]


def test_the_page_tells_the_programs_own_values() -> None:
    told = {what: value for what, value, *_ in rows()}

    assert told == {what: value() for what, value in VALUES.items()}


def test_every_default_says_why_and_how_sure_we_are() -> None:
    assert {row[3] for row in rows()} <= SURE
    assert [row[0] for row in rows() if len(row) != 4 or len(row[2]) < 15] == []


def test_what_is_seen_or_tested_somewhere_links_to_it() -> None:
    links = re.findall(r"\]\((https?://[^)\s]+)\)", MANUAL)

    assert len(links) == len(set(links)) >= 15


def test_the_catalog_that_is_shipped_keeps_its_badges() -> None:
    shipped = tomllib.loads((ROOT / "catalog.toml").read_text())["badge"]

    assert {badge.get("policy", "keep") for badge in shipped} == {"keep"}
    assert {badge.get("valid_days") for badge in shipped} == {None}
