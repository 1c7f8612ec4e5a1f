"""What a learner sees: oneself first, the others only if both sides want it."""

from gamification.awards import BadgeRoster, BadgeStanding, badges_for
from jobs.clock import now
from jobs.freshness import freshness
from models import LaunchSession
from models.db import db
from views.pages import Page, is_staff, switch_now


def overview(launch: LaunchSession) -> Page:
    """Return points, badges and the next step; nothing at all while it is off."""
    switch = switch_now(launch.context)
    if not switch.on or launch.role == "observer":
        return Page("panel/quiet.html", "Your course", "overview", "overview")
    session, moment, member = db.session(), now(), launch.membership
    roster = badges_for(session, member, moment, switch=switch)
    return Page(
        "panel/overview.html",
        "Overview",
        "overview",
        "overview",
        {
            "name": member.user.name,
            "roster": roster,
            "earned_count": sum(badge.earned for badge in roster.badges),
            "next_badge": next_badge(roster),
            "freshness": freshness(session, launch.context),
        },
    )


def next_badge(roster: BadgeRoster) -> BadgeStanding | None:
    """Return the badge that is nearest; of equals the first of the catalog."""
    ahead = [badge for badge in roster.badges if not badge.earned]
    return max(ahead, key=lambda badge: badge.percent, default=None)


def badge(launch: LaunchSession, key: str) -> Page | None:
    """Return one badge's page, or None where there is no such badge to be seen."""
    switch = switch_now(launch.context)
    roster = badges_for(db.session(), launch.membership, now(), switch=switch)
    found = next((badge for badge in roster.badges if badge.key == key), None)
    if found is None or launch.role == "observer":
        return None
    tab = "badges" if is_staff(launch) else "overview"
    return Page("panel/badge.html", found.label, f"badges/{key}", tab, {"badge": found})
