"""A tool with its database and a platform of its own: a course of fifty learners."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import cycle
from pathlib import Path

import sqlalchemy as sa
from flask import Flask
from sqlalchemy.engine import make_url

from app import create_app
from bench.browser import Browser, Failed, Fetch, Recording
from bench.cpu import cpu_seconds, resident_bytes
from campus import launches, seeding, term
from campus.records import Course, Launch, Person, Role, Tool
from campus.server import running
from campus.state import Campus
from config import ROOT, Config
from jobs.clock import now
from jobs.sync import sync_course
from lti import registrations
from lti.arrival import Gate, arrive
from lti.launch import Launch as Arriving
from models import Context
from models.db import db
from models.locks import begin_write
from tests.support.databases import Database

WORKERS, THREADS = 2, 8
CLIENT_ID, TENANT = "laurel-bench", "bench"
HOST = "127.0.0.1"


@dataclass(frozen=True)
class Subject:
    """What is measured: an application, and where its login and launch are."""

    name: str
    application: str
    path: str


LAUREL = Subject("Laurel", "app:create_app()", "/lti")
DOCUMENTED = Subject(
    "PyLTI1p3 as documented", "bench.documented_way:create_app()", "/documented"
)
DIRECT = Subject(
    "... without the redirect", DOCUMENTED.application, f"{DOCUMENTED.path}/direct"
)


@dataclass(frozen=True)
class Program:
    """The tool as it is served, and as it can be asked from this process."""

    url: str
    app: Flask
    processes: Sequence[int]
    """The web server, and the database server if there is one."""


class Site:
    """A subject that is being served, and the campus that launches it."""

    def __init__(self, subject: Subject, program: Program, campus: Campus) -> None:
        self.subject = subject
        self.url = program.url
        self.campus = campus
        self.course = campus.courses[0]
        self._program = program
        learners = people(campus, self.course, Role.STUDENT)
        self._learners, self._workers = cycle(learners), cycle(learners)

    def cpu_seconds(self) -> float:
        return cpu_seconds(self._program.processes)

    def resident_bytes(self) -> int:
        """Return the memory of the web server alone."""
        return resident_bytes(self._program.processes[:1])

    def keys_fetched(self) -> int:
        """Return how often the campus was asked for its public keys so far."""
        return self.campus.traffic.count("jwks")

    def course_page(self) -> str:
        """Return the address of the course page as a learner sees it."""
        learner = next(self._learners).number
        return f"{self.campus.base_url}/course/{self.course.number}?as={learner}"

    @contextmanager
    def browser(self) -> Iterator[Browser]:
        """Open a new browser, and close it afterwards."""
        browser = Browser(self.url)
        try:
            yield browser
        finally:
            browser.close()

    def launch(self, browser: Browser, recording: Recording) -> str:
        """Let the next learner open the tool; return the page."""
        launch = launch_of(self.campus, next(self._learners))
        return browser.launch(self.campus, launch, recording)

    def work_and_sync(self) -> None:
        """Let a learner do all activities once more, and read the course."""
        learner = next(self._workers)
        for item in term.open_items(self.campus, self.course):
            term.do_activity(self.campus, item, learner)
        with self._program.app.app_context():
            _read_course()
            db.session.remove()


@contextmanager
def site(subject: Subject, database: Database, home: Path) -> Iterator[Site]:
    """Serve a subject on an empty database, with its course read from the campus."""
    campus = Campus("moodle")
    with socket.create_server((HOST, 0)) as listener, running(campus, HOST):
        url = f"http://{HOST}:{listener.getsockname()[1]}"
        campus.add_tool(_tool(subject, url))
        seeding.fifty_learners(campus)
        environment = _environment(url, database, home)
        # What follows asks and writes as the tool does, from this process.
        app = create_app(Config.from_environment(environment))
        with app.app_context():
            _register(campus)
            servers = _database_servers(database)
            with _serving(subject, listener, environment, home) as server:
                # Its first answer takes long; the campus would not wait for it.
                Browser(url).send("GET", Fetch("/health/live", {}))
                _open_course(campus)
                _read_course()
                db.session.remove()
                yield Site(subject, Program(url, app, [server, *servers]), campus)
            db.engine.dispose()


def people(campus: Campus, course: Course, role: Role) -> list[Person]:
    """Return everybody of a role in a course."""
    enrolled = campus.enrolments(course)
    return [campus.person(one.person) for one in enrolled if one.role is role]


def launch_of(campus: Campus, person: Person) -> Launch:
    """Return a click of a person on the first link of the first course."""
    course = campus.courses[0]
    return Launch(
        tool=campus.tools[0],
        course=course,
        person=person,
        link=campus.links(course)[0],
    )


def _tool(subject: Subject, url: str) -> Tool:
    address = f"{url}{subject.path}"
    return replace(
        Tool.at(url, CLIENT_ID),
        login_url=f"{address}/login",
        redirect_uris=(f"{address}/launch",),
        target_link_uri=f"{address}/launch",
    )


def _environment(url: str, database: Database, home: Path) -> dict[str, str]:
    return os.environ | {
        "LAUREL_ENV": "development",
        "PUBLIC_URL": url,
        "INSTANCE_PATH": str(home),
        "DATABASE_URL": database.url,
        "GAMIFICATION_ENABLED": "true",
        "TRUSTED_PROXIES": "0",
    }


def _register(campus: Campus) -> None:
    endpoints, session = campus.endpoints, db.session()
    begin_write(session)
    registrations.add(
        session,
        registrations.Details(
            tenant=TENANT,
            issuer=endpoints.issuer,
            client_id=CLIENT_ID,
            auth_login_url=endpoints.authorization,
            token_url=endpoints.token,
            jwks_url=endpoints.jwks,
            deployments=campus.tools[0].deployment_ids,
            frame_origins=[campus.base_url],
        ),
        now(),
        development=True,
    )
    session.commit()


def _open_course(campus: Campus) -> None:
    """Let the teacher arrive, and switch everything on."""
    session = db.session()
    begin_write(session)
    (registration,) = registrations.every(session)
    (teacher,) = people(campus, campus.courses[0], Role.TEACHER)
    claims = launches.claims_for(campus, launch_of(campus, teacher), "bench")
    gate = Gate(registration_id=registration.id, development=True)
    course = arrive(session, Arriving.from_claims(claims), gate, now()).context
    course.enabled = course.tenant.enabled = course.board_enabled = True
    course.board_participation = "opt_out"
    session.commit()


def _read_course() -> None:
    (course,) = db.session.scalars(sa.select(Context.id))
    report = sync_course(course, now_please=True)
    if not report.sources or not report.ok:
        errors = [source.error for source in report.sources]
        raise Failed(f"The course was not read: {errors}")


def _database_servers(database: Database) -> list[int]:
    """Return the process at the head of the database server; SQLite has none."""
    if database.name == "sqlite":
        return []
    with sa.create_engine(make_url(database.url)).connect() as connection:
        folder = connection.scalar(sa.text("SHOW data_directory"))
    return [int(Path(str(folder), "postmaster.pid").read_text().split()[0])]


@contextmanager
def _serving(
    subject: Subject, listener: socket.socket, environment: dict[str, str], home: Path
) -> Iterator[int]:
    """Run the web server; yield its process. Who comes early waits in line."""
    number = listener.fileno()
    command = [
        *(sys.executable, "-m", "gunicorn", "--bind", f"fd://{number}"),
        # Several servers at a time would take each other's control socket.
        *("--no-control-socket", "--worker-class", "gthread"),
        *("--workers", str(WORKERS), "--threads", str(THREADS)),
        subject.application,
    ]
    with (home / "web.log").open("w") as log:
        server = subprocess.Popen(  # noqa: S603 -- our own command
            command,
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            pass_fds=[number],
            # Ctrl-C is for us alone: we stop it in order.
            start_new_session=True,
        )
    try:
        yield server.pid
    finally:
        server.terminate()
        server.wait()
