"""What a teacher can put into a course: the panels there are, and each badge."""

from dataclasses import dataclass

from flask import render_template, url_for

from lti import platforms
from lti.deep_linking import settings_of
from lti.line_items import MOST_POINTS
from models import LaunchSession
from views import dead_end, pages
from views.instructor import Earnable, earnable
from views.pages import Page, switch_now

CARD = "badge"
DEFAULT_POINTS = 100


@dataclass(frozen=True)
class Choice:
    """One thing that can be picked, and how its link is called unless renamed."""

    panel: str
    label: str
    why: str
    title: str
    badge: Earnable | None = None

    @property
    def key(self) -> str:
        return self.badge.key if self.badge else ""


PANELS = (
    Choice(
        "overview",
        "Progress and badges",
        "Points, badges and the next step of whoever looks.",
        "Your progress",
    ),
    Choice(
        "badges",
        "Badges alone",
        "Every badge of the course, and how far one is.",
        "Badges",
    ),
    Choice(
        "leaderboard",
        "Leaderboard",
        "Points side by side, under made-up names unless you decide otherwise.",
        "Leaderboard",
    ),
)


def page(launch: LaunchSession) -> Page:
    """Return the picker of a launch that was made to pick links.

    Where none of ours fits, it is the page that says so.
    """
    context, accepted = launch.context, settings_of(launch)
    if accepted and accepted.obstacle:
        return dead_end.page(launch, accepted)
    content = {
        "badge_choices": [_card(badge) for badge in earnable(launch)],
        "board_enabled": context.board_enabled,
        "default_points": DEFAULT_POINTS,
        "most_points": MOST_POINTS,
        "panels": PANELS,
        "settings": accepted,
        "switch": switch_now(context),
    }
    return Page("deep_linking/picker.html", "Add Laurel", "picker", "picker", content)


def shell(page: Page, launch: LaunchSession, token: str) -> str:
    """Render a page of ours with the token of its launch."""
    return render_template(
        page.template,
        answer_url=url_for("deep_linking.answer"),
        preview_url=url_for("deep_linking.preview"),
        **pages.surroundings(page, launch, token),
    )


def preview(launch: LaunchSession, panel: str, badge: str) -> str | None:
    """Render what learners will see there, by an example; None for what is not there."""
    badges = earnable(launch)
    choices = {(one.panel, one.key): one for one in PANELS}
    choices |= {(CARD, one.key): _card(one) for one in badges}
    found = choices.get((panel, badge))
    if found is None:
        return None
    return render_template(
        "deep_linking/preview.html",
        badges=badges,
        choice=found,
        course=launch.context,
        switch=switch_now(launch.context),
        names_columns=platforms.of(launch.registration).names_columns(),
    )


def badge_keys(launch: LaunchSession) -> list[str]:
    """Return the keys of the badges that a card can show."""
    return [badge.key for badge in earnable(launch)]


def _card(badge: Earnable) -> Choice:
    why = badge.criterion_text
    return Choice(CARD, badge.label, why, f"Badge: {badge.label}", badge)
