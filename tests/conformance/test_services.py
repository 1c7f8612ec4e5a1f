"""Security table D6, D7 and D10: what the services of a platform may do to us."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import jsonify

from campus.bad_pages import endless_pages, next_link
from campus.faults import changed, status
from campus.records import Enrolment, Person
from tests.conformance.conftest import NRPS, asked, error_of
from tests.support.clock import Clock
from tests.support.syncing import Desk

pytestmark = pytest.mark.conformance


@pytest.mark.parametrize(
    "url",
    [
        "http://169.254.169.254/latest/meta-data/",
        "https://169.254.169.254/latest/meta-data/",
        "https://localhost:{port}/memberships",
        "https://127.0.0.1:{port}/memberships",
        "https://[::1]:{port}/memberships",
        "http://127.0.0.1:{port}/memberships",
        "http://lms.example/memberships",
        "ftp://127.0.0.1/memberships",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "memberships",
    ],
)
def test_d06_a_service_that_is_not_where_the_platform_is(desk: Desk, url: str) -> None:
    """SSRF: no request leaves; an alert for the operator."""
    port = desk.registered.campus.base_url.rsplit(":", 1)[1]
    desk.context.memberships_url = url.format(port=port)
    desk.context.lineitems_url = url.format(port=port)

    report = desk.sync()

    assert not report.ok
    assert "--frame-origin" in error_of(desk, "roster")
    assert "--frame-origin" in error_of(desk, "results")
    assert asked(desk, "memberships") == asked(desk, "lineitems") == 0


def test_d06_a_line_item_on_another_host_gets_no_token(desk: Desk) -> None:
    """SSRF: it would get our token; the row is left out, and named."""

    def move(rows: object) -> object:
        assert isinstance(rows, list)
        return [{**rows[0], "id": "https://elsewhere.example/8"}, *rows[1:]]

    desk.registered.campus.faults.on("lineitems", changed(move))

    report = desk.sync()

    assert report.sources[1].tally.as_json()["dropped"] == {"item on another host": 1}
    assert asked(desk, "results") == 1


def many(desk: Desk, number: int) -> None:
    campus, course = desk.registered.campus, desk.registered.cast.course
    for _ in range(number):
        person = campus.add_person(Person(given_name="Learner"))
        campus.enrol(Enrolment(course=course.number, person=person.number))


def test_d07_a_next_page_on_another_host(canvas_desk: Desk) -> None:
    """NRPS 2.4.2: stop; the token goes nowhere else."""
    elsewhere = next_link("http://elsewhere.example/names_and_roles?page=2")
    canvas_desk.registered.campus.faults.on("memberships", elsewhere)

    assert not canvas_desk.sync().ok
    assert "another host" in error_of(canvas_desk)
    assert asked(canvas_desk, "memberships") == 1


def test_d07_a_next_page_that_was_already_read(canvas_desk: Desk) -> None:
    """NRPS 2.4.2: stop at the circle."""
    url = canvas_desk.context.memberships_url or ""
    canvas_desk.registered.campus.faults.on("memberships", next_link(url))

    assert not canvas_desk.sync().ok
    assert "circle" in error_of(canvas_desk)
    assert asked(canvas_desk, "memberships") == 2


def test_d07_pages_without_an_end(canvas_desk: Desk) -> None:
    """NRPS 2.4.2: there is a last page we read, and it is the thousandth."""
    endless = endless_pages(canvas_desk.context.memberships_url or "")
    canvas_desk.registered.campus.faults.on(
        "memberships", lambda _: endless(lambda: jsonify(members=[]))
    )

    assert not canvas_desk.sync().ok
    assert "no end" in error_of(canvas_desk)
    assert asked(canvas_desk, "memberships") == 1_000


def test_d07_pages_that_take_all_day(canvas_desk: Desk, clock: Clock) -> None:
    """A walk ends after a quarter of an hour, however many pages are left."""

    def later(body: object) -> object:
        clock.advance(timedelta(minutes=6))
        return body

    many(canvas_desk, 200)
    canvas_desk.registered.campus.faults.on("memberships", changed(later))

    assert not canvas_desk.sync().ok
    assert asked(canvas_desk, "memberships") == 3


def test_d07_capitals_in_a_next_page_matter(canvas_desk: Desk) -> None:
    """NRPS 2.4.2: addresses are opaque; Canvas's bookmarks have capitals."""
    many(canvas_desk, 60)

    assert canvas_desk.sync().ok
    urls = [
        served.url
        for served in canvas_desk.registered.campus.traffic.requests("memberships")
    ]
    assert len(urls) == 2
    assert urls[1] != urls[1].lower()


def test_d10_a_scope_that_was_taken_away(desk: Desk, clock: Clock) -> None:
    """The token's scopes are the platform's word; a clear no is left for a day."""

    def without_nrps(body: object) -> object:
        assert isinstance(body, dict)
        kept = [scope for scope in body["scope"].split() if scope != NRPS]
        return {**body, "scope": " ".join(kept)}

    desk.registered.campus.faults.on("token", changed(without_nrps))

    report = desk.sync()

    assert "contextmembership.readonly" in error_of(desk)
    assert "administrator" in error_of(desk)
    assert report.sources[1].error is None
    assert asked(desk, "memberships") == 0
    assert desk.state("roster").next_attempt_at == clock() + timedelta(days=1)


@pytest.mark.parametrize(
    ("code", "advice"), [(403, "administrator"), (404, "Open the tool"), (400, "400")]
)
def test_d10_a_service_that_says_no(desk: Desk, code: int, advice: str) -> None:
    """AGS, NRPS 2.2: a sentence of ours, nothing of what was answered."""
    desk.registered.campus.faults.on("memberships", status(code, "a secret reason"))

    desk.sync()

    assert advice in error_of(desk)
    assert "secret" not in json.dumps([error_of(desk), desk.state("roster").counts])


def test_d10_a_concluded_course_of_canvas_is_left_alone(canvas_desk: Desk) -> None:
    """canvas.md 5: 404 means that it ended; what was read stays."""
    campus, course = canvas_desk.registered.campus, canvas_desk.registered.cast.course
    canvas_desk.sync()
    facts = canvas_desk.facts()
    campus.change_course(replace(course, concluded=True))

    report = canvas_desk.sync()

    assert "if it ended, all is well" in (report.sources[1].error or "")
    assert canvas_desk.facts() == facts
