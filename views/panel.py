"""The panels: the first inside the launch's own page, the others fetched by it."""

from flask import Blueprint, abort, request

from models import STAFF, LaunchSession
from views import instructor, learner, pages
from views.guards import bearer, launch_session, requires
from views.pages import Page, is_staff, switch_now

bp = Blueprint("panel", __name__, url_prefix="/panel")
bp.before_request(bearer)

BADGE_GONE = (
    "The badge that this link was made for is not in this course any more. These are "
    "the ones that are."
)
NO_BOARD = "There is no leaderboard in this course now. This is your own progress."
NO_BOARD_FOR_STAFF = (
    "The leaderboard of this course is off. Learners who come by this link see their "
    "own progress in its place."
)


def first_page(launch: LaunchSession) -> Page:
    """Return the panel that a launch's link asked for, with all it needs to know."""
    if launch.panel == "badge" and launch.badge_key:
        found = learner.badge(launch, launch.badge_key)
        return found or _badges(launch, BADGE_GONE)
    if launch.panel == "leaderboard":
        return _board(launch, "all")
    if launch.panel in {"badge", "badges"}:
        return _badges(launch)
    return _home(launch)


def _home(launch: LaunchSession, notice: str = "") -> Page:
    if is_staff(launch):
        return instructor.manage(launch, notice)
    return learner.overview(launch, notice)


def _badges(launch: LaunchSession, notice: str = "") -> Page:
    """Return the course's badges; where they are off, that is no error."""
    if is_staff(launch) and not switch_now(launch.context).on:
        return _home(launch)
    return _badge_list(launch, notice)


def _badge_list(launch: LaunchSession, notice: str = "") -> Page:
    if is_staff(launch):
        return instructor.badges(launch, notice)
    return learner.badges(launch, notice)


def _board(launch: LaunchSession, period: str) -> Page:
    notice = NO_BOARD_FOR_STAFF if is_staff(launch) else NO_BOARD
    return learner.board(launch, period) or _home(launch, notice)


def _shown(page: Page) -> str:
    return pages.fragment(page, launch_session())


@bp.get("/overview")
def overview() -> str:
    return _shown(_home(launch_session()))


@bp.get("/badges")
def badges() -> str:
    return _shown(_badge_list(launch_session()))


@bp.get("/badges/<key>")
def badge(key: str) -> str:
    page = learner.badge(launch_session(), key)
    if page is None:
        abort(404)
    return _shown(page)


@bp.get("/leaderboard")
def leaderboard() -> str:
    return _shown(_board(launch_session(), request.args.get("period", "all")))


@bp.get("/manage")
@requires(*STAFF)
def manage() -> str:
    return _shown(instructor.manage(launch_session()))


@bp.get("/class")
@requires(*STAFF)
def people() -> str:
    asked = instructor.Asked.from_query(request.args)
    return _shown(instructor.people(launch_session(), asked))
