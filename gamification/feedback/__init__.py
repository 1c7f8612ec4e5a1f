"""What members and other programs are told: one row a change, where it is made."""

from gamification.feedback.choices import kinds_off, set_kinds_off
from gamification.feedback.programs import is_heard, tell_programs
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
    "is_heard",
    "kinds_off",
    "mark_seen",
    "news_of",
    "set_kinds_off",
    "tell",
    "tell_of_awards",
    "tell_programs",
]
