"""What is said to a learner at an occasion, in the words of their course."""

from collections.abc import Mapping

from gamification.catalog.messages import render
from gamification.feedback import BadgeNews, MilestoneNews, NewsItem
from gamification.feedback.wording import Message
from jobs.messages import messages_in
from models import Context
from models.db import db
from views.wording import day, grouped


def text_of(
    news: NewsItem, said: Mapping[str, Message], context: Context
) -> str | None:
    """Return what a course says to one change; None to many, and to other kinds.

    A milestone that is no number of points is another kind, too.
    """
    message = said.get(news.kind)
    if message is None or len(news.subjects) != 1 or news.count != 1:
        return None
    (subject,) = news.subjects
    values = {"course": context.title}
    if isinstance(subject, BadgeNews):
        values["badge"] = subject.label
        if subject.expires_at is not None:
            values["date"] = day(subject.expires_at, context.zone)
    elif isinstance(subject, MilestoneNews):
        if subject.kind != "points":
            # What a course says of a milestone tells points; a share is none.
            return None
        values["points"] = grouped(subject.value)
    return render(message.text, values)


def own_words_on(context: Context, badge: str) -> str:
    """Return what a course says to a new badge, or nothing where Laurel would."""
    message = messages_in(db.session(), context)["award"]
    if message.origin == "shipped":
        return ""
    return render(message.text, {"badge": badge, "course": context.title})
