"""Badges as the API and the assistants' server give them: one shape for both."""

from gamification.awards import BadgeRoster, BadgeStanding
from views.api.schemas import Badge, MyBadges


def badges_in(roster: BadgeRoster) -> MyBadges:
    """Return a roster in the API's shape."""
    return MyBadges(
        enabled=roster.enabled,
        badges=[badge_in(badge) for badge in roster.badges],
    )


def badge_in(badge: BadgeStanding) -> Badge:
    """Return one badge in the API's shape."""
    return Badge(
        key=badge.key,
        label=badge.label,
        icon=badge.icon,
        description=badge.description,
        criterion=badge.criterion_text,
        rule=dict(badge.rule),
        metric=badge.metric,
        earned=badge.earned,
        progress=badge.progress,
        threshold=badge.threshold,
        percent=badge.percent,
        missing=list(badge.missing),
        granted_at=badge.granted_at,
    )
