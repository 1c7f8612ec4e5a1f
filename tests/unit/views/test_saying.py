"""What a course says in its own words, and what it has no words for."""

import pytest

from gamification.feedback import MilestoneNews, NewsItem
from gamification.feedback.wording import Message
from models import Context
from tests.support.clock import NOW
from views.saying import text_of

SAID = {"milestone": Message("milestone", "{points} points!", "course", 1)}


@pytest.mark.parametrize(
    ("kind", "value", "said"),
    [
        ("points", 50, "50 points!"),
        ("share", 25, "You have completed 25 % of the activities."),
    ],
)
def test_a_share_of_the_activities_is_not_told_as_points(
    kind: str, value: int, said: str
) -> None:
    news = NewsItem(
        id="1",
        kind="milestone",
        created_at=NOW,
        seen=False,
        count=1,
        subjects=[MilestoneNews(kind, value)],
    )

    assert text_of(news, SAID, Context(title="Botany")) == said


def test_what_is_gone_has_no_words() -> None:
    news = NewsItem(
        id="1", kind="award", created_at=NOW, seen=False, count=1, subjects=[]
    )

    assert text_of(news, SAID, Context(title="Botany")) is None
