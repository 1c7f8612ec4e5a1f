"""A panel is one page of the shell: inside it at first, on its own from then on."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from flask import current_app, render_template, url_for

from config import Config
from gamification.switches import Switch, switch_of
from jobs.clock import now
from lti import platforms
from models import STAFF, Context, LaunchSession, Registration
from views.wording import direction

TEACHERS = ("instructor", "admin")
"""Who decides in a course; assistants look."""


@dataclass(frozen=True)
class Tab:
    """A panel that can be gone to from every other."""

    route: str
    label: str


@dataclass(frozen=True)
class Page:
    """One panel, ready to be shown."""

    template: str
    title: str
    route: str
    """Where the router finds it: `badges/author` is `/panel/badges/author`."""
    tab: str
    """The tab it belongs to."""
    content: Mapping[str, object] = field(default_factory=dict)


def settings() -> Config:
    """Return the settings of this process."""
    config: Config = current_app.extensions["laurel"]
    return config


def switch_now(context: Context) -> Switch:
    """Return the three switches of a course as they are."""
    return switch_of(context, environment=settings().gamification_enabled)


def is_staff(launch: LaunchSession) -> bool:
    return launch.role in STAFF


def fragment(page: Page, launch: LaunchSession) -> str:
    """Render a panel for the router, with the tabs as they are now."""
    return render_template("panel/fragment.html", **_around(page, launch))


def shell(page: Page, launch: LaunchSession, token: str) -> str:
    """Render the page of a launch: the shell, with its first panel inside."""
    return render_template("panel/shell.html", **surroundings(page, launch, token))


def surroundings(page: Page, launch: LaunchSession, token: str) -> dict[str, object]:
    """Return what a whole page of a launch says around its content."""
    return {
        "session_data": {"token": token},
        "course_title": launch.context.title or launch.context.label or "Your course",
        "direction": direction(launch.locale),
        "again_url": url_for("lti.again", registration=launch.registration.public_id),
        "frame_origins": _growing(launch.registration),
        **_around(page, launch),
    }


def _growing(registration: Registration) -> list[str]:
    """Return the origins whose pages make our frame as tall as we ask them."""
    if not platforms.of(registration).resizes_frames():
        return []
    return sorted({*registration.frame_origins, *registration.learned_origins})


def _around(page: Page, launch: LaunchSession) -> dict[str, object]:
    return {
        "now": now(),
        "page": page,
        "staff": is_staff(launch),
        "tabs": tabs_of(launch),
        "zone": launch.context.zone,
        **page.content,
    }


def has_board(launch: LaunchSession) -> bool:
    """Tell whether there is a board for this launch."""
    if launch.role == "observer":
        return False
    return switch_now(launch.context).on and launch.context.board_enabled


def tabs_of(launch: LaunchSession) -> list[Tab]:
    """Return the panels that this person has; what is off is not there."""
    on = switch_now(launch.context).on
    if is_staff(launch):
        tabs = [Tab("manage", "Course"), Tab("class", "Class")]
        tabs += [Tab("badges", "Badges")] if on else []
    else:
        tabs = [Tab("overview", "Overview")]
    if has_board(launch):
        tabs.append(Tab("leaderboard", "Leaderboard"))
    return tabs
