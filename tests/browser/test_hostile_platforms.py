"""C10 and C11: only the browser that began a login, and only its platform, can end it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from playwright.sync_api import expect

import campus
from campus import launches
from tests.browser.attacker import Attacker, attacking, own_launch, own_pending, posting
from tests.browser.stage import CoursePage, Stage, Watch
from tests.browser.wire import without_partitioned, without_policy

pytestmark = pytest.mark.conformance

STORAGE = Path(campus.__file__).parent / "static" / "storage.js"
REPLY = "export function reply(event, members) {"
ON_GET = 'if (event.data.subject === "lti.get_data") '
# What a platform's page does instead of a proper answer to `lti.get_data`.
WRONG_ANSWERS = {
    "silence": "return;",
    "an error": 'members = { error: { code: "bad_request", message: "no" } };',
    "wrong message id": 'event.data.message_id = "somebody-elses";',
    "wrong subject": 'event.data.subject = "lti.put_data";',
    "nothing stored": "members = { ...members, value: null };",
    "no text": "members = { ...members, value: [members.value] };",
    "wrong value": 'members = { ...members, value: "x" + members.value };',
    "the value of another launch": 'members = { ...members, value: "OTHER" };',
    "wrong frame": """{
      const inner = document.body.appendChild(document.createElement("iframe"));
      const send = inner.contentWindow.eval("(to, what, where) => to.postMessage(what, where)");
      event.data.subject += ".response";
      send(event.source, { ...event.data, ...members }, event.origin);
      return;
    }""",
    "wrong origin": """{
      event.data.subject += ".response";
      const answer = JSON.stringify({ ...event.data, ...members });
      location.replace("ATTACKER/impostor#" + encodeURIComponent(answer));
      return;
    }""",
}


@pytest.fixture
def attacker() -> Iterator[Attacker]:
    with attacking() as attacker:
        yield attacker


@pytest.fixture
def victim(canvas_stage: Stage) -> Stage:
    """Return a stage where the browser keeps no cookie in a frame."""
    canvas_stage.wire.bends.append(without_partitioned)
    return canvas_stage


@pytest.mark.parametrize("case", WRONG_ANSWERS)
def test_c10_a_platform_that_answers_wrongly_opens_nothing(
    victim: Stage, attacker: Attacker, case: str
) -> None:
    """Only the state, from the platform's own frame and origin, proves it."""
    own_launch(victim, victim.registered.cast.ben)
    (other,) = victim.states()
    script = WRONG_ANSWERS[case].replace("OTHER", other)
    answers_to_get(victim, script.replace("ATTACKER", attacker.origin))

    course = victim.open(victim.registered.cast.ada)

    opens_again_from_the_course(course)
    assert victim.sessions() == 0
    assert victim.wire.to("/lti/launch") != []


def test_c10_the_answers_above_are_wrong_in_one_thing_alone(victim: Stage) -> None:
    """The same page with the right answer opens the launch."""
    answers_to_get(victim, "members = { ...members };")

    victim.open(victim.registered.cast.ada).shows("Nothing to see here yet")


def test_c10_a_finished_launch_cannot_be_finished_again(victim: Stage) -> None:
    """What finished it is worth nothing afterwards, even with the right proof."""
    with victim.browser.expect_event(
        "request", lambda request: request.url.endswith("/lti/launch/finish")
    ) as sent:
        course = victim.open(victim.registered.cast.ada)
    course.shows("Nothing to see here yet")

    again = requests.post(
        sent.value.url,
        data=sent.value.post_data,
        headers={
            "Origin": victim.tool,
            "Content-Type": "application/x-www-form-urlencoded",
        },
        timeout=5,
    )

    assert again.status_code == 401
    assert "open it again from your course" in again.text
    assert victim.sessions() == 1


def test_c11_no_stranger_may_frame_a_launch(
    victim: Stage, attacker: Attacker, watch: Watch
) -> None:
    """Frame-ancestors keeps the page from running there at all (F7)."""
    launch = own_launch(victim, victim.registered.cast.ben)
    page = victim.browser.new_page()

    with page.expect_console_message(lambda line: "frame-ancestors" in line.text):
        page.goto(attacker.poses_as_platform(f"{victim.tool}/lti/launch", launch))

    watch.lines.clear()
    assert page.evaluate("heard") == []
    assert victim.wire.to("/lti/launch/finish") == []
    assert victim.sessions() == 0


def test_c11_no_stranger_may_frame_a_login(
    victim: Stage, attacker: Attacker, watch: Watch
) -> None:
    """A login page holds the state; a stranger's page shall not be asked to keep it."""
    login = login_form(victim)
    page = victim.browser.new_page()

    with page.expect_console_message(lambda line: "frame-ancestors" in line.text):
        page.goto(attacker.poses_as_platform(f"{victim.tool}/lti/login", login))

    watch.lines.clear()
    assert page.evaluate("heard") == []


@pytest.mark.parametrize("address", ["login", "launch"])
def test_c11_a_stranger_who_frames_it_all_the_same_is_not_asked(
    victim: Stage, attacker: Attacker, address: str
) -> None:
    """In a browser that lets everyone frame, questions go to the platform alone."""
    victim.wire.bends.append(without_policy)
    fields = (
        own_launch(victim, victim.registered.cast.ben)
        if address == "launch"
        else login_form(victim)
    )
    page = victim.browser.new_page()
    page.goto(attacker.poses_as_platform(f"{victim.tool}/lti/{address}", fields))

    framed = page.frame_locator("iframe[name=tool]")
    way_out = framed.get_by_role("link", name="Open in a new window")
    expect(
        way_out if address == "login" else framed.get_by_text("from your course")
    ).to_be_visible()
    assert page.evaluate("heard") == []
    assert victim.sessions() == 0


@pytest.mark.parametrize("referrer", ["origin", "no-referrer"])
def test_c11_a_stranger_cannot_make_a_browser_finish_a_launch(
    victim: Stage, attacker: Attacker, referrer: str
) -> None:
    """Who knows state and pending launch of their own still cannot open it here."""
    launch = own_launch(victim, victim.registered.cast.ben)
    pending = own_pending(victim, launch)
    page = victim.browser.new_page()

    page.goto(
        attacker.serve(
            f'<meta name="referrer" content="{referrer}">'
            + posting(f"{victim.tool}/lti/launch/finish", pending)
        )
    )

    expect(page.get_by_text("Please open it again from your course")).to_be_visible()
    assert page.url == f"{victim.tool}/lti/launch/finish"
    assert victim.sessions() == 0


def login_form(stage: Stage) -> dict[str, str]:
    """Return a login that the attacker's own course page would begin."""
    launch = stage.registered.launch(stage.registered.cast.ben)
    return launches.login_form(stage.registered.campus, launch)


def answers_to_get(stage: Stage, script: str) -> None:
    """Let the campus do something else before it answers `lti.get_data`."""
    bent = STORAGE.read_text().replace(REPLY, f"{REPLY}\n  {ON_GET}{{ {script} }}")
    assert ON_GET in bent
    stage.browser.route(
        "**/static/storage.js",
        lambda route: route.fulfill(body=bent, content_type="text/javascript"),
    )


def opens_again_from_the_course(course: CoursePage) -> None:
    """Wait for the page that says so, whether the script or the server shows it."""
    advice = course.panel.get_by_text("open it again from your course", exact=False)
    expect(advice.locator("visible=true").first).to_be_visible()
