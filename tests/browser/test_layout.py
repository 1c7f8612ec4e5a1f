"""Pages hold together: narrow, from right to left, with much or hostile text."""

from dataclasses import replace
from pathlib import Path

import pytest
from flask_openapi3.openapi import OpenAPI
from playwright.sync_api import expect

from campus import vocabulary as lti
from campus.records import Launch
from campus.state import Campus
from campus.tokens import Claims
from tests.browser.classroom import CLASSMATES, a_class, a_learner
from tests.browser.scenes import (
    LEARNERS,
    OPEN_TO_ALL,
    STAFF,
    Scene,
    as_iris,
    leaderboard,
    leaderboard_to_join,
    manage,
    overview,
    turned_to,
)
from tests.browser.spilling import narrow, spilled
from tests.browser.stage import CoursePage, Stage

MOVING = """() => [...document.querySelectorAll("*")].filter((one) =>
  ["", "::before", "::after"].some((part) => {
    const style = getComputedStyle(one, part || undefined);
    return [style.transitionDuration, style.animationDuration]
      .flatMap((list) => list.split(",")).some((time) => parseFloat(time) > 0.001);
  })).map((one) => one.outerHTML.slice(0, 120))"""
LONGEST_WORD = "Donaudampfschifffahrtsgesellschaftskapitaensmuetzenabzeichen"


LEFT_OF = """([first, second]) => {
  const [one, other] = [first, second].map((name) => document.querySelector(name));
  return one.getBoundingClientRect().right <= other.getBoundingClientRect().left;
}"""


@pytest.mark.parametrize("locale", ["ar", "fa", "he-IL"])
def test_a_launch_from_right_to_left(
    stage: Stage, locale: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The locale of the launch turns the page around, and it still fits."""
    a_class(stage.session, stage.registered, classmates=CLASSMATES, **OPEN_TO_ALL)
    speak(stage.registered.campus, locale, monkeypatch)
    course = stage.open(stage.registered.cast.ada)
    course.shows("Hello, Ada Example")

    narrow(course)

    assert course.frame.evaluate("document.documentElement.dir") == "rtl"
    assert spilled(course) == []
    box = course.panel.locator(".brand").bounding_box()
    frame = course.page.locator("#tool").bounding_box()
    assert box
    assert frame
    assert box["x"] > frame["x"] + frame["width"] / 3


def test_what_is_first_stands_at_the_right_from_right_to_left(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The layout mirrors: medals, columns, and the bar that marks one's own row."""
    a_class(stage.session, stage.registered, classmates=CLASSMATES, **OPEN_TO_ALL)
    pairs = {
        "overview": (".badge-body", ".badge-card .medallion"),
        "leaderboard": (".board .points", ".board .rank"),
    }
    headings = {"overview": "Hello, Ada Example", "leaderboard": "Leaderboard"}

    mirrored = {}
    for locale in ("de", "ar"):
        speak(stage.registered.campus, locale, monkeypatch)
        course = stage.open(stage.registered.cast.ada)
        course.shows(headings["overview"])
        narrow(course)
        for route, pair in pairs.items():
            turned_to(course, route, headings[route])
            mirrored[locale, route] = course.frame.evaluate(LEFT_OF, pair)
        course.page.close()

    assert mirrored == {
        ("de", "overview"): False,
        ("de", "leaderboard"): False,
        ("ar", "overview"): True,
        ("ar", "leaderboard"): True,
    }


def test_fifty_badges_with_long_names_fit(
    stage: Stage, app: OpenAPI, tmp_path: Path
) -> None:
    """A catalog of any size, with words that do not break by themselves (F13)."""
    catalog = tmp_path / "catalog.toml"
    catalog.write_text("\n".join(entry(number) for number in range(50)))
    settings = app.extensions["laurel"]
    app.extensions["laurel"] = replace(settings, catalog_file=catalog)
    a_class(stage.session, stage.registered, catalog=catalog)
    course = stage.open(stage.registered.cast.ada)
    expect(course.panel.locator(".badge-card")).to_have_count(50)

    narrow(course)
    assert spilled(course) == []

    turned_to(course, "badges/badge_7", f"{LONGEST_WORD} 7")
    assert spilled(course) == []


def test_a_very_long_name_fits(stage: Stage) -> None:
    """A person and a course may be called anything."""
    cast = stage.registered.cast
    campus = stage.registered.campus
    campus.change_course(replace(cast.course, title=LONGEST_WORD * 3))
    context = a_class(stage.session, stage.registered, **OPEN_TO_ALL)
    long = campus.add_person(replace(cast.ada, given_name=LONGEST_WORD * 3, number=0))
    a_learner(stage.session, context, long, items=3)
    course = as_iris(stage)
    narrow(course)
    assert spilled(course) == []

    turned_to(course, "class", "Class")
    people = course.panel.get_by_role("region", name="People")
    expect(people.get_by_text(LONGEST_WORD * 3)).to_be_visible()

    assert spilled(course) == []


def test_a_hostile_name_is_text(stage: Stage) -> None:
    """A name with markup is shown as it was written, to its owner and to others (F1)."""
    name = "Lerner <b>x</b>"
    hostile = stage.registered.cast.hostile
    context = a_class(
        stage.session,
        stage.registered,
        classmates=CLASSMATES,
        board_identity="name",
        **OPEN_TO_ALL,
    )
    a_learner(stage.session, context, hostile, items=5, name_consent=True)

    own = stage.open(hostile)
    own.shows(f"Hello, {name}")
    assert_plain(turned_to(own, "leaderboard", "Leaderboard"), name)
    assert_plain(turned_to(as_iris(stage), "class", "Class"), name)


@pytest.mark.parametrize("scene", [overview, manage], ids=lambda scene: scene.__name__)
def test_nothing_moves_for_who_asked_for_it(stage: Stage, scene: Scene) -> None:
    """WCAG 2.3.3: `prefers-reduced-motion` ends every transition at once."""
    course = scene(stage)
    assert course.frame.evaluate(MOVING) != []

    course.page.emulate_media(reduced_motion="reduce")
    course.comes_to("matchMedia('(prefers-reduced-motion)').matches")

    assert course.frame.evaluate(MOVING) == []


@pytest.mark.parametrize("scene", [*LEARNERS, *STAFF], ids=lambda s: s.__name__)
def test_a_page_is_read_at_twice_the_size(stage: Stage, scene: Scene) -> None:
    """WCAG 1.4.4: text of twice the size still fits."""
    course = scene(stage)
    course.page.set_viewport_size({"width": 768, "height": 900})
    course.frame.evaluate("document.documentElement.style.fontSize = '200%'")

    assert spilled(course) == []


@pytest.mark.parametrize(
    ("scene", "name", "otherwise"),
    [
        (overview, ".tabs [aria-current]", "one.removeAttribute('aria-current')"),
        (overview, ".pride .bar", "one.value = 80"),
        (overview, ".badge-card .bar", "one.value = 0"),
        (leaderboard, ".period [aria-current]", "one.removeAttribute('aria-current')"),
        (leaderboard, "tr.is-me", "one.className = ''"),
        (leaderboard, "tr.is-me .chip", "one.style.color = 'transparent'"),
        (leaderboard_to_join, ".button", "one.style.color = 'transparent'"),
        (manage, "#toggle-enabled", "one.setAttribute('aria-checked', 'false')"),
        (manage, ".choice:has(:checked)", "one.querySelector('input').checked = false"),
    ],
)
def test_a_state_is_seen_in_forced_colours(
    stage: Stage, scene: Scene, name: str, otherwise: str
) -> None:
    """Who forces colours of their own sees what stands how, though ours are gone."""
    course = scene(stage)
    course.page.emulate_media(forced_colors="active")
    course.comes_to("matchMedia('(forced-colors: active)').matches")
    part = course.frame.wait_for_selector(name)
    assert part
    before = part.screenshot(animations="disabled")

    course.frame.evaluate(f"(one) => {{ {otherwise}; }}", part)

    assert part.screenshot(animations="disabled") != before


def assert_plain(course: CoursePage, name: str) -> None:
    """Check that a name is there to be read, and made no element."""
    expect(course.panel.get_by_text(name).first).to_be_visible()
    expect(course.panel.locator("main b")).to_have_count(0)


def speak(campus: Campus, locale: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the campus send its people with another language."""
    claims = campus.shape.claims

    def translated(campus: Campus, launch: Launch) -> Claims:
        sent = claims(campus, launch)
        return {**sent, lti.LAUNCH_PRESENTATION: {"locale": locale}}

    monkeypatch.setattr(campus.shape, "claims", translated)


def entry(number: int) -> str:
    return f"""
[[badge]]
key = "badge_{number}"
label = "{LONGEST_WORD} {number}"
icon = "📚"
metric = "authored"
threshold = {number + 1}
description = "{LONGEST_WORD * 2}"
"""
