"""What a browser sees: the list of courses, a course page, and its buttons."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit

from flask import (
    Blueprint,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from werkzeug import Response
from werkzeug.exceptions import NotFound

from campus import launches, term
from campus.records import (
    WEEK,
    Course,
    Enrolment,
    Launch,
    LineItem,
    Link,
    Person,
    Role,
    Status,
)

if TYPE_CHECKING:
    from campus.state import Campus

LEARNERS_OFFERED = 8
STAFF = (Role.TEACHER, Role.ASSISTANT, Role.DESIGNER, Role.ADMINISTRATOR)


@dataclass(frozen=True)
class Viewer:
    """Whose eyes the page is seen with."""

    person: Person
    role: Role

    @property
    def is_staff(self) -> bool:
        return self.role in STAFF

    @property
    def is_learner(self) -> bool:
        return self.role is Role.STUDENT


@dataclass(frozen=True)
class Activity:
    """One line of the activity list, as the viewer sees it."""

    item: LineItem
    done: int
    average: int | None
    score: float | None
    at: datetime | None


@dataclass(frozen=True)
class Week:
    number: int
    first_day: datetime
    last_day: datetime
    activities: tuple[Activity, ...]


def pages(campus: "Campus") -> Blueprint:
    """Return the pages of one campus."""
    blueprint = Blueprint("pages", __name__)

    @blueprint.get("/")
    def index() -> str:
        courses = [(course, _people(campus, course)) for course in campus.courses]
        return render_template("index.html", courses=courses, now=campus.now())

    @blueprint.get("/course/<int:number>")
    def course(number: int) -> Response:
        return _course_page(campus, course_numbered(campus, number))

    @blueprint.post("/course/<int:number>/activity/<int:item>")
    def activity(number: int, item: int) -> Response:
        course = course_numbered(campus, number)
        viewer = viewer_of(campus, course)
        wanted = [one for one in term.open_items(campus, course) if one.number == item]
        if not viewer.is_learner or not wanted:
            raise NotFound
        term.do_activity(campus, wanted[0], viewer.person)
        return _back(course, viewer)

    @blueprint.post("/course/<int:number>/next-week")
    def next_week(number: int) -> Response:
        course = course_numbered(campus, number)
        campus.next_week()
        return _back(course, viewer_of(campus, course))

    @blueprint.get("/post_message_forwarding")
    def post_message_forwarding() -> str:
        origins = sorted({origin_of(tool.login_url) for tool in campus.tools})
        return render_template("forwarding.html", campus=campus, origins=origins)

    return blueprint


def _course_page(campus: "Campus", course: Course) -> Response:
    viewer = viewer_of(campus, course)
    links = campus.links(course)
    link = _chosen_link(links)
    launch = link and campus.begin(
        Launch(
            tool=campus.tool(link.tool), course=course, person=viewer.person, link=link
        )
    )
    page = make_response(
        render_template(
            "course.html",
            campus=campus,
            course=course,
            viewer=viewer,
            choices=_choices(campus, course, viewer.person),
            links=links,
            chosen=link,
            launch=launch,
            kept=_kept(),
            form=launches.login_form(campus, launch) if launch else {},
            tool_origin=origin_of(launch.tool.login_url) if launch else "",
            in_window=request.args.get("open") == "window",
            week=course.week_at(campus.now()),
            weeks=_weeks(campus, course, viewer.person),
            now=campus.now(),
        )
    )
    # The launch in it is good for once.
    page.headers["Cache-Control"] = "no-store"
    return page


def course_numbered(campus: "Campus", number: int) -> Course:
    for course in campus.courses:
        if course.number == number:
            return course
    raise NotFound


def viewer_of(campus: "Campus", course: Course) -> Viewer:
    """Return whom `?as=` names by number, else the first one enrolled."""
    asked = request.values.get("as", type=int)
    for enrolment in campus.enrolments(course):
        if asked in (None, enrolment.person):
            return Viewer(campus.person(enrolment.person), enrolment.role)
    raise NotFound


def _chosen_link(links: tuple[Link, ...]) -> Link | None:
    asked = request.args.get("link", type=int)
    chosen = [link for link in links if asked in (None, link.number)]
    return chosen[0] if chosen else None


def _people(campus: "Campus", course: Course) -> list[tuple[Person, Enrolment]]:
    return [
        (campus.person(enrolment.person), enrolment)
        for enrolment in campus.enrolments(course)
    ]


def _choices(campus: "Campus", course: Course, viewer: Person) -> list[Person]:
    """Return who can be looked through: the staff, some learners, the viewer."""
    people = [
        (person, enrolment)
        for person, enrolment in _people(campus, course)
        if enrolment.status is Status.ACTIVE
    ]
    staff = [person for person, enrolment in people if enrolment.role in STAFF]
    others = [person for person, enrolment in people if enrolment.role not in STAFF]
    choices = staff + others[:: max(len(others) // LEARNERS_OFFERED, 1)]
    return choices if viewer in choices else [*choices, viewer]


def _weeks(campus: "Campus", course: Course, viewer: Person) -> list[Week]:
    """Return the weeks with activities so far, the current one first."""
    items = term.open_items(campus, course)
    begins = course.begins or campus.now()
    return [
        Week(
            number=number,
            first_day=begins + (number - 1) * WEEK,
            last_day=begins + number * WEEK - timedelta(days=1),
            activities=tuple(
                _activity(campus, item, viewer) for item in items if item.week == number
            ),
        )
        for number in sorted({item.week for item in items}, reverse=True)
    ]


def _activity(campus: "Campus", item: LineItem, viewer: Person) -> Activity:
    scores = [
        result.score for result in campus.results(item) if result.score is not None
    ]
    own = campus.find_result(item, viewer)
    return Activity(
        item=item,
        done=len(scores),
        average=round(100 * sum(scores) / len(scores) / item.maximum)
        if scores
        else None,
        score=own.score if own else None,
        at=own.at if own else None,
    )


def _back(course: Course, viewer: Viewer) -> Response:
    query = urlencode({"as": viewer.person.number, **_kept()})
    return redirect(url_for("pages.course", number=course.number) + f"?{query}", 303)


def _kept() -> dict[str, str]:
    """Return the choices that every address of the page repeats."""
    return {
        name: request.args[name] for name in ("link", "open") if name in request.args
    }


def origin_of(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
