"""The panels: the first inside the launch's own page, the others fetched by it."""

from flask import Blueprint, abort, request

from models import STAFF, LaunchSession
from views import instructor, learner, pages
from views.guards import bearer, launch_session, requires
from views.pages import Page, is_staff

bp = Blueprint("panel", __name__, url_prefix="/panel")
bp.before_request(bearer)


def first_page(launch: LaunchSession) -> Page:
    """Return the panel that a launch's link asked for, with all it needs to know."""
    if launch.panel == "badge" and launch.badge_key:
        return learner.badge(launch, launch.badge_key) or _home(launch)
    if launch.panel == "leaderboard":
        return _board(launch, "all")
    if launch.panel == "badges" and is_staff(launch):
        return instructor.badges(launch)
    return _home(launch)


def _home(launch: LaunchSession) -> Page:
    return instructor.manage(launch) if is_staff(launch) else learner.overview(launch)


def _board(launch: LaunchSession, period: str) -> Page:
    return learner.board(launch, period) or _home(launch)


def _shown(page: Page) -> str:
    return pages.fragment(page, launch_session())


@bp.get("/overview")
def overview() -> str:
    return _shown(_home(launch_session()))


@bp.get("/badges")
def badges() -> str:
    launch = launch_session()
    page = instructor.badges(launch) if is_staff(launch) else learner.overview(launch)
    return _shown(page)


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
