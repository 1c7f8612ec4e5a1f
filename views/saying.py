"""What is said to a learner at an occasion, in the words of their course."""

from collections.abc import Callable, Mapping

from gamification.catalog.messages import ENDLESS, OF_MANY, SHARE, render
from gamification.feedback import BadgeNews, BestNews, NewsItem, Subject
from gamification.feedback.wording import Message
from gamification.standings.bests import RESULT, RUN, WEEK
from jobs.messages import messages_in
from models import Context
from models.db import db
from views.wording import counted, day, grouped

BESTS: Mapping[str, Callable[[int], str]] = {
    WEEK: lambda points: f"{counted(points, 'score')} in one week",
    RESULT: lambda percent: f"{percent} % in an activity",
    RUN: lambda weeks: counted(weeks, "streak_weeks"),
}
"""How a personal best reads, by its kind."""


def text_of(
    news: NewsItem, said: Mapping[str, Message], context: Context
) -> str | None:
    """Return what is said to a piece of news; None where what it was about is gone.

    A single change is told in the words of the course, many in Laurel's.
    """
    if news.count > 1:
        return render(OF_MANY[news.kind], {"number": grouped(news.count)})
    if not news.subjects:
        return None
    (subject,) = news.subjects
    values = {**_values(subject, context), "course": context.title}
    return render(_words(said[news.kind].text, values), values)


def _words(text: str, values: Mapping[str, str]) -> str:
    """Return the words for what there is to say: those of a kind do not fit all of it."""
    if "share" in values:
        return SHARE
    return ENDLESS if "{date}" in text and "date" not in values else text


def _values(subject: Subject, context: Context) -> dict[str, str]:
    """Return what may stand in the places of a message."""
    if isinstance(subject, BadgeNews):
        end = subject.expires_at
        ends = {} if end is None else {"date": day(end, context.zone)}
        return {"badge": subject.label, **ends}
    if isinstance(subject, BestNews):
        return {"best": BESTS[subject.kind](subject.value)}
    return {subject.kind: grouped(subject.value)}


def own_words_on(context: Context, badge: str) -> str:
    """Return what a course says to a new badge, or nothing where Laurel would."""
    message = messages_in(db.session(), context)["award"]
    if message.origin == "shipped":
        return ""
    return render(message.text, {"badge": badge, "course": context.title})
