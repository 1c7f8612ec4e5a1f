"""`flask gamification …`, as an operator types it."""

import re
from dataclasses import replace
from datetime import date

import pytest
import sqlalchemy as sa
from flask_openapi3.openapi import OpenAPI
from sqlalchemy.orm import Session

from gamification.standings.calendar import Rest, set_breaks
from models import Award, Badge, Context, Outbox, Tenant
from tests.factories import a_context, a_registration, a_tenant
from tests.integration.gamification.conftest import Flask


def written(session: Session) -> int:
    session.rollback()
    return len(session.scalars(sa.select(Award.id)).all())


@pytest.mark.demand("A29")
def test_a_recompute_prints_one_line_a_tenant(
    session: Session, course: Context, flask: Flask
) -> None:
    a_context(session)
    session.commit()

    first, second = (flask("gamification", "recompute") for _ in range(2))

    assert first.stdout.splitlines()[0] == "[acme] contributors=3 badges_awarded=3"
    assert second.stdout.splitlines()[0] == "[acme] contributors=3 badges_awarded=0"
    assert all(
        re.fullmatch(r"\[[\w-]+\] contributors=\d+ badges_awarded=\d+", line)
        for line in first.stdout.splitlines()
    )
    assert (first.exit_code, len(first.stdout.splitlines())) == (0, 2)
    assert written(session) == 3


@pytest.mark.demand("A17")
def test_a_recompute_can_be_of_one_tenant_or_course(
    course: Context, flask: Flask
) -> None:
    result = flask("gamification", "recompute", "--tenant", "acme", "--course", "42")

    assert result.stdout == "[acme] contributors=3 badges_awarded=3\n"


def test_a_dry_run_writes_nothing(
    session: Session, course: Context, flask: Flask
) -> None:
    result = flask("gamification", "recompute", "--tenant", "acme", "--dry-run")

    assert result.stdout == (
        "[acme] contributors=3 badges_awarded=3 (dry run: nothing was written)\n"
    )
    assert written(session) == 0
    assert session.scalars(sa.select(Badge.id)).all() == []


def test_a_recompute_of_an_unknown_tenant_is_an_error_that_names_the_known(
    course: Context, flask: Flask
) -> None:
    result = flask("gamification", "recompute", "--tenant", "acne")

    assert result.exit_code == 2
    assert "There is no tenant acne. Known tenants: acme." in result.stderr


@pytest.mark.parametrize("off", ["tenant", "course"])
@pytest.mark.demand("A18")
def test_a_recompute_while_it_is_off_says_so_and_writes_nothing(
    session: Session, course: Context, flask: Flask, off: str
) -> None:
    course.tenant.enabled = off != "tenant"
    course.enabled = off != "course"
    session.commit()

    result = flask("gamification", "recompute", "--tenant", "acme")

    assert result.stdout == f"[acme] off ({off}): nothing was recomputed\n"
    assert (result.exit_code, written(session)) == (0, 0)


def test_a_recompute_of_a_course_that_is_off_says_so(
    session: Session, course: Context, flask: Flask
) -> None:
    a_context(session, registration=course.registration)
    course.enabled = False
    session.commit()

    result = flask("gamification", "recompute", "--tenant", "acme", "--course", "42")

    assert result.stdout == "[acme] off (course): nothing was recomputed\n"


@pytest.mark.parametrize("command", ["recompute", "enable"])
@pytest.mark.demand("A33")
def test_while_the_environment_is_off_nothing_is_awarded(
    session: Session, course: Context, flask: Flask, app: OpenAPI, command: str
) -> None:
    config = app.extensions["laurel"]
    app.extensions["laurel"] = replace(config, gamification_enabled=False)

    result = flask("gamification", command, "--tenant", "acme")

    assert "GAMIFICATION_ENABLED=true" in result.stdout
    assert (result.exit_code, written(session)) == (0, 0)


def test_enabling_a_tenant_leaves_its_courses_alone(
    session: Session, course: Context, flask: Flask
) -> None:
    course.tenant.enabled = course.enabled = False
    session.commit()

    result = flask("gamification", "enable", "--tenant", "acme")

    session.rollback()
    assert (course.tenant.enabled, course.enabled) == (True, False)
    on, then = result.stdout.splitlines()
    assert on == "[acme] on"
    assert then.startswith("[acme] No course is on yet.")


@pytest.mark.parametrize("by", ["public_id", "lti_id"])
def test_enabling_a_course_enables_its_tenant_and_says_so(
    session: Session, course: Context, flask: Flask, by: str
) -> None:
    course.tenant.enabled = course.enabled = False
    course.memberships_url = "https://lms.example/members"
    session.commit()

    result = flask(
        "gamification", "enable", "--tenant", "acme", "--course", getattr(course, by)
    )

    session.rollback()
    assert (course.tenant.enabled, course.enabled) == (True, True)
    assert result.stdout.splitlines() == [
        "[acme] on",
        f"[acme] {course.public_id} Botany on",
        "[acme] contributors=3 badges_awarded=3",
    ]
    assert len(session.scalars(sa.select(Outbox)).all()) == 1


def test_disabling_keeps_everything(
    session: Session, course: Context, flask: Flask
) -> None:
    flask("gamification", "recompute")

    of_course = flask("gamification", "disable", "--tenant", "acme", "--course", "42")
    of_tenant = flask("gamification", "disable", "--tenant", "acme")

    session.rollback()
    assert (course.tenant.enabled, course.enabled) == (False, False)
    assert of_course.stdout == f"[acme] {course.public_id} Botany off\n"
    assert of_tenant.stdout == "[acme] off\n"
    assert written(session) == 3


def test_an_unknown_course_is_an_error_that_lists_the_courses(
    course: Context, flask: Flask
) -> None:
    result = flask("gamification", "enable", "--tenant", "acme", "--course", "43")

    assert result.exit_code == 2
    assert "acme has no course 43." in result.stderr
    assert f"{course.public_id}  42  Botany" in result.stderr


def test_a_course_that_two_platforms_number_alike_is_asked_for_by_our_id(
    session: Session, course: Context, flask: Flask
) -> None:
    tenant = session.get_one(Tenant, course.tenant_id)
    other = a_registration(session, tenant=tenant)
    twin = a_context(session, registration=other, lti_id="42")
    session.commit()

    result = flask("gamification", "disable", "--tenant", "acme", "--course", "42")

    assert result.exit_code == 2
    assert "use our id" in result.stderr
    assert course.public_id in result.stderr
    assert twin.public_id in result.stderr


@pytest.mark.demand("A36")
def test_a_course_of_another_tenant_is_not_found(
    session: Session, course: Context, flask: Flask
) -> None:
    a_tenant(session, key="other")
    session.commit()

    words = ("--tenant", "other", "--course", course.public_id)
    result = flask("gamification", "enable", *words)

    assert result.exit_code == 2
    assert "A course is known once the tool was opened in it." in result.stderr
    assert "Botany" not in result.stderr


def test_a_course_needs_its_tenant(course: Context, flask: Flask) -> None:
    result = flask("gamification", "recompute", "--course", "42")

    assert result.exit_code == 2
    assert "--course needs --tenant" in result.stderr


@pytest.mark.demand("A35")
def test_a_digest_tells_each_courses_week_without_a_name(
    session: Session, course: Context, flask: Flask
) -> None:
    flask("gamification", "recompute")

    result = flask("gamification", "digest", "--tenant", "acme")

    assert result.stdout.splitlines() == [
        (
            f"[acme] {course.public_id} Botany, 2026-W47: "
            "contributors=3 events=3 points=6 people_with_a_new_badge=3 submitted=3"
        ),
        "  🌱 First contribution 3",
    ]
    one = flask("gamification", "digest", "--tenant", "acme", "--course", "42")
    assert one.stdout == result.stdout


@pytest.mark.parametrize("off", ["tenant", "course"])
def test_there_is_no_digest_of_what_is_off(
    session: Session, course: Context, flask: Flask, off: str
) -> None:
    course.tenant.enabled = off != "tenant"
    course.enabled = off != "course"
    session.commit()

    result = flask("gamification", "digest", "--tenant", "acme")

    assert result.stdout == f"[acme] off ({off}): there is no digest\n"
    assert result.exit_code == 0


def test_a_digest_of_several_weeks_begins_with_the_oldest(
    session: Session, course: Context, flask: Flask
) -> None:
    set_breaks(session, course, [Rest(date(2026, 11, 9), date(2026, 11, 15))])
    session.commit()
    words = ("gamification", "digest", "--tenant", "acme", "--course", "42")

    weeks = flask(*words, "--weeks", "3").stdout.splitlines()
    past = flask(*words, "--until", "2026-W46").stdout.splitlines()

    nothing = "contributors=0 events=0 points=0 people_with_a_new_badge=0"
    head = f"[acme] {course.public_id} Botany,"
    assert weeks[:2] == [
        f"{head} 2026-W45: {nothing}",
        f"{head} 2026-W46 (break): {nothing}",
    ]
    assert weeks[2].startswith(f"{head} 2026-W47: contributors=3 ")
    assert past == weeks[1:2]


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("--until", "2026-W48"), "--until: it is the running week or a past one"),
        (("--until", "yesterday"), "--until: it is the running week or a past one"),
        (("--weeks", "61"), "61 is not in the range 1<=x<=60"),
    ],
)
def test_weeks_that_there_are_not_are_refused(
    course: Context, flask: Flask, words: tuple[str, str], why: str
) -> None:
    result = flask("gamification", "digest", "--tenant", "acme", *words)

    assert result.exit_code == 2
    assert why in result.stderr
