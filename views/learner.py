"""What a learner sees: oneself first, the others only if both sides want it."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from random import SystemRandom
from typing import Any

from gamification.awards import BadgeRoster, BadgeStanding
from gamification.metrics.people import is_ranked
from gamification.metrics.sources import unfed
from gamification.standings import (
    Board,
    Milestone,
    PersonalBest,
    Viewer,
    Wanted,
    assign_aliases,
    is_named,
    leaderboard,
    mine,
    next_milestone,
    periods_of,
    progress_of,
)
from gamification.standings.audience import PARTICIPANTS, audience_of
from gamification.standings.lists import Listed, improved, steady, teams
from jobs.clock import now
from jobs.freshness import freshness
from models import LaunchSession
from models.db import db
from views.earned import badges_of
from views.pages import Page, has_board, is_staff, switch_now
from views.saying import own_words_on
from views.story import Story, story_of
from views.wording import counted

SEEN_BY_LEARNERS = {
    "alias": "Learners see made-up names here.",
    "name": "Learners see made-up names here, but for those who chose to show theirs.",
}
PERIODS = {
    "week": "This week",
    "month": "This month",
    "term": "This term",
    "all": "All time",
}


@dataclass(frozen=True)
class Participation:
    """Whether a learner is on the board, under which name, and may change it."""

    joined: bool
    may_choose: bool
    name: str
    """What the others read; empty until an alias was given."""
    is_real: bool
    """It is the learner's own name, not an alias."""
    own_name: str
    """The name to show by one's own choice; empty where none can be shown."""
    in_leagues: bool | None
    """Whether they have leagues; empty where the course has none."""

    @property
    def may_be_named(self) -> bool:
        return bool(self.own_name)


def overview(launch: LaunchSession, notice: str = "") -> Page:
    """Return points, badges and the next step; nothing at all while it is off."""
    switch = switch_now(launch.context)
    if not switch.on or launch.role == "observer":
        return _quiet()
    session, moment, member = db.session(), now(), launch.membership
    roster = badges_of(launch)
    standing, best = progress_of(session, member, moment)
    missing = unfed(session, member.context_id)
    won = [badge for badge in roster.badges if badge.is_new]
    ahead, milestone = next_badge(roster, missing), next_milestone(standing.points)
    return Page(
        "panel/overview.html",
        "Overview",
        "overview",
        "overview",
        {
            "name": member.name,
            "notice": notice,
            "roster": roster,
            "earned_count": sum(badge.earned for badge in roster.badges),
            "next_badge": ahead,
            "won": won,
            "won_text": own_words_on(launch.context, won[0].label)
            if len(won) == 1
            else "",
            "unfed": missing,
            "milestone": milestone,
            "is_badge_too": _is_badge_too(milestone, ahead),
            "standing": standing,
            "week": _week(best),
            "board_teaser": _teaser(launch),
            "freshness": freshness(session, launch.context),
        },
    )


def next_badge(
    roster: BadgeRoster, unfed: Collection[str] = ()
) -> BadgeStanding | None:
    """Return the badge that is nearest; of equals the first of the catalog.

    One that nobody is given, or whose metric nothing feeds here, is no next step.
    """
    ahead = [
        badge
        for badge in roster.badges
        if not badge.earned and not badge.withheld and badge.metric not in unfed
    ]
    return max(ahead, key=lambda badge: badge.percent, default=None)


def _is_badge_too(milestone: Milestone, ahead: BadgeStanding | None) -> bool:
    """Tell whether the next badge and the milestone are one and the same goal."""
    if ahead is None or ahead.metric != "score":
        return False
    return ahead.threshold == milestone.at


def badges(launch: LaunchSession, notice: str = "") -> Page:
    """Return one's badges alone; nothing at all while they are off."""
    switch = switch_now(launch.context)
    if not switch.on or launch.role == "observer":
        return _quiet()
    roster = badges_of(launch)
    content = {
        "earned_count": sum(badge.earned for badge in roster.badges),
        "notice": notice,
        "roster": roster,
        "unfed": unfed(db.session(), launch.context_id),
    }
    return Page("panel/badges.html", "Badges", "badges", "overview", content)


def badge(launch: LaunchSession, key: str) -> Page | None:
    """Return one badge's page, or None where there is no such badge to be seen."""
    roster = badges_of(launch, past=key)
    found = next((badge for badge in roster.badges if badge.key == key), None)
    if found is None or launch.role == "observer":
        return None
    staff = is_staff(launch)
    tab = "badges" if staff else "overview"
    content = {
        "badge": found,
        "story": Story() if staff else story_of(launch, found),
        "unfed": unfed(db.session(), launch.membership.context_id),
    }
    return Page("panel/badge.html", found.label, f"badges/{key}", tab, content)


def board(launch: LaunchSession, period: str) -> Page | None:
    """Return the board of a period, or None where there is no board to be seen."""
    context = launch.context
    offered = periods_of(context, now())
    period = period if period in offered else "all"
    shown = board_of(launch, Wanted(period))
    if shown.state == "off":
        return None
    tabs = [
        {"key": key, "label": label, "current": key == period}
        for key, label in PERIODS.items()
        if key in offered
    ]
    joins = participation_of(launch)
    return Page(
        "panel/leaderboard.html",
        "Leaderboard",
        f"leaderboard?period={period}",
        "leaderboard",
        {
            "board": shown,
            "caption": f"Leaderboard, {PERIODS[period].lower()}",
            "period": period,
            "periods": tabs,
            "participation": joins,
            "is_awaited": joins.joined and not any(row.me for row in shown.rows),
            "minimum": context.board_minimum,
            "form": "absolute" if is_staff(launch) else context.board_rank,
            "gap_before": _gap(shown),
            "aliased": context.board_identity == "alias" and not is_staff(launch),
            "seen_by_learners": SEEN_BY_LEARNERS[context.board_identity],
        },
    )


def board_of(launch: LaunchSession, wanted: Wanted) -> Board:
    """Return a board as this person may see it.

    Raises NoSuchPeriod, and NoSuchGroup or NoSuchLeague for one that is not theirs.
    """
    switch = switch_now(launch.context)
    if not has_board(launch):
        switch = replace(switch, course=False)
    viewer = Viewer(launch.membership, launch.role)
    return leaderboard(db.session(), viewer, now(), switch=switch, wanted=wanted)


def lists_of(launch: LaunchSession) -> dict[str, Listed[Any]]:
    """Return the lists beside the board; off where the course has none."""
    viewer = Viewer(launch.membership, launch.role)
    return lists_for(viewer, is_on=has_board(launch))


def lists_for(viewer: Viewer, *, is_on: bool) -> dict[str, Listed[Any]]:
    """Return the lists as somebody reads them, where they and the board are on."""
    if not (is_on and viewer.member.context.board_lists):
        return {name: Listed("off") for name in ("improved", "steady", "teams")}
    session, moment = db.session(), now()
    return {
        "improved": improved(session, viewer, moment),
        "steady": steady(session, viewer, moment),
        "teams": teams(session, viewer),
    }


def percentile_of(launch: LaunchSession) -> int | None:
    """Return the learner's own percentile where the course has a board."""
    if not has_board(launch):
        return None
    return mine.percentile_of(db.session(), launch.membership)


def name_on_board(launch: LaunchSession) -> None:
    """Make sure that somebody who joins has a name to join under."""
    members = [launch.membership.id]
    assign_aliases(db.session(), launch.context, SystemRandom(), members)


def participation_of(launch: LaunchSession) -> Participation:
    """Return how somebody takes part, and whether that is theirs to say."""
    context, member = launch.context, launch.membership
    may_be_named = context.board_identity == "name" and is_ranked(member)
    own_name = member.name if may_be_named else ""
    is_real = is_named(member, context) and bool(own_name)
    return Participation(
        joined=audience_of(member, context.board_participation) == PARTICIPANTS,
        may_choose=context.board_participation != "all" and is_ranked(member),
        name=own_name if is_real else member.alias,
        is_real=is_real,
        own_name=own_name,
        in_leagues=member.leagues_left_at is None if context.board_leagues else None,
    )


def _quiet() -> Page:
    return Page("panel/quiet.html", "Your course", "overview", "overview")


def _week(best: PersonalBest) -> str:
    """Say how this week goes: compared with oneself alone."""
    this_week = f"{counted(best.this_week, 'score')} this week"
    if best.is_now:
        return f"{this_week}: your best week so far."
    if best.best:
        return f"{this_week}. Your best week had {counted(best.best, 'score')}."
    return f"{this_week}."


def _teaser(launch: LaunchSession) -> str:
    """Invite to the board, if there is one for this person."""
    if not has_board(launch) or not is_ranked(launch.membership):
        return ""
    if not participation_of(launch).joined:
        return "There is a leaderboard. You are on it only if you join."
    return "You are on the leaderboard of this course."


def _gap(board: Board) -> int | None:
    """Return the row before which others were left out, as the ranks tell."""
    places = enumerate((row.rank for row in board.rows), 1)
    return next((p - 1 for p, rank in places if rank is not None and rank > p), None)
