"""What members are told: one row a change, in the transaction that changes it."""

from gamification.feedback.choices import kinds_off, set_kinds_off
from gamification.feedback.reading import (
    BadCursor,
    BadgeNews,
    BestNews,
    MilestoneNews,
    NewsItem,
    NewsPage,
    Subject,
    mark_seen,
    news_of,
)
from gamification.feedback.writing import Change, tell, tell_of_awards

__all__ = [
    "BadCursor",
    "BadgeNews",
    "BestNews",
    "Change",
    "MilestoneNews",
    "NewsItem",
    "NewsPage",
    "Subject",
    "kinds_off",
    "mark_seen",
    "news_of",
    "set_kinds_off",
    "tell",
    "tell_of_awards",
]
