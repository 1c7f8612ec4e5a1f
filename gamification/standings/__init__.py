"""Where a learner stands: with oneself first, and on a board for who joins it."""

from gamification.standings.aliases import assign as assign_aliases
from gamification.standings.aliases import refresh as refresh_alias
from gamification.standings.aliases import refreshes_left
from gamification.standings.board import (
    Board,
    BoardRow,
    NoSuchGroup,
    Wanted,
    leaderboard,
)
from gamification.standings.class_list import (
    BadCursor,
    ClassPage,
    ClassRow,
    Page,
    class_list,
)
from gamification.standings.consent import is_named, set_consent, set_name_consent
from gamification.standings.digest import BadgeCount, Digest, Weeks, digest, digests
from gamification.standings.groups import (
    GroupRow,
    GroupTold,
    groups_of,
    own_groups,
    set_groups,
)
from gamification.standings.milestones import Milestone, next_milestone
from gamification.standings.mine import (
    MyStanding,
    NoSuchPeriod,
    PersonalBest,
    periods_of,
    progress_of,
    standing_of,
)
from gamification.standings.places import Viewer
from gamification.standings.seats import NoSuchLeague
from gamification.standings.upkeep import refresh

__all__ = [
    "BadCursor",
    "BadgeCount",
    "Board",
    "BoardRow",
    "ClassPage",
    "ClassRow",
    "Digest",
    "GroupRow",
    "GroupTold",
    "Milestone",
    "MyStanding",
    "NoSuchGroup",
    "NoSuchLeague",
    "NoSuchPeriod",
    "Page",
    "PersonalBest",
    "Viewer",
    "Wanted",
    "Weeks",
    "assign_aliases",
    "class_list",
    "digest",
    "digests",
    "groups_of",
    "is_named",
    "leaderboard",
    "next_milestone",
    "own_groups",
    "periods_of",
    "progress_of",
    "refresh",
    "refresh_alias",
    "refreshes_left",
    "set_consent",
    "set_groups",
    "set_name_consent",
    "standing_of",
]
