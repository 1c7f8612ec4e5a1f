"""`POST …/recompute`: what it refuses, and what it leaves as it is."""

from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from flask_openapi3.openapi import OpenAPI
from sqlalchemy.orm import Session

from jobs import remaking
from models import Badge, Context, Membership
from models.locks import lock_course
from tests.factories import a_context
from tests.support.badges import holders, versions
from tests.support.launches import CATALOG, Caller, a_caller, a_live_course
from tests.support.recomputing import TODAY, ask, audited, let_it_be_large
from tests.support.waiting import work_off


def test_a_dry_run_of_very_many_facts_names_the_command(
    people: list[Membership], teacher: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remaking, "MOST_FACTS", 3)

    refused = ask(teacher, dry_run=True)

    assert refused.status_code == 409
    assert refused.json["detail"] == (
        "This course has too many facts to be tried while you wait: whoever runs "
        "Laurel can try it with `flask gamification recompute --course … --dry-run`."
    )
    assert ask(teacher).status_code == 200


@pytest.mark.parametrize("dry_run", [False, True])
@pytest.mark.parametrize("off", ["environment", "tenant", "course"])
def test_nothing_is_awarded_while_a_switch_is_off(
    session: Session,
    app: OpenAPI,
    course: Context,
    people: list[Membership],
    teacher: Caller,
    off: str,
    dry_run: bool,
) -> None:
    course.tenant.enabled = off != "tenant"
    course.enabled = off != "course"
    session.commit()
    config = app.extensions["laurel"]
    app.extensions["laurel"] = replace(
        config, gamification_enabled=off != "environment"
    )

    refused = ask(teacher, {"unmet": "revoke"}, dry_run=dry_run)

    assert refused.status_code == 409
    assert refused.json["detail"] == (
        f"Nothing is awarded while a switch is off ({off}): the course's is in its "
        "settings, the others are with whoever runs Laurel."
    )
    assert (holders(session, "keen"), audited(session)) == (0, [])


@pytest.mark.parametrize("large", [False, True])
@pytest.mark.parametrize(
    ("lock", "spared"), [("badges.twice", ["twice"]), ("badges", None)]
)
def test_what_the_organisation_locks_stays_as_it_is(
    session: Session,
    app: OpenAPI,
    course: Context,
    people: list[Membership],
    teacher: Caller,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    lock: str,
    spared: list[str] | None,
    large: bool,
) -> None:
    if large:
        let_it_be_large(monkeypatch)
    path = tmp_path / "locked.toml"
    table = f'[tenant.{course.tenant.key}]\nlocked = ["{lock}"]\n'
    path.write_text(f"{CATALOG.read_text()}\n{table}")
    app.extensions["laurel"] = replace(app.extensions["laurel"], catalog_file=path)

    plain = ask(teacher)
    changed = ask(teacher, {"from": TODAY, "unmet": "revoke"})
    work_off(app)

    query = sa.select(Badge.key).order_by(Badge.position, Badge.id)
    keys = session.scalars(query).all()
    assert plain.json["locked"] == []
    assert changed.json["locked"] == (spared or keys)
    assert (holders(session, "keen"), holders(session, "twice")) == (3, 1)
    assert versions(session, "twice") == [1]
    assert len(versions(session, "keen")) == (2 if spared else 1)


def test_the_operator_may_do_it_whatever_is_locked(
    session: Session,
    app: OpenAPI,
    course: Context,
    people: list[Membership],
    tmp_path: Path,
) -> None:
    key = course.tenant.key
    path = tmp_path / "locked.toml"
    path.write_text(f'{CATALOG.read_text()}\n[tenant.{key}]\nlocked = ["badges"]\n')
    app.extensions["laurel"] = replace(app.extensions["laurel"], catalog_file=path)
    of_course = ("--tenant", key, "--course", course.public_id)
    session.commit()

    said = app.test_cli_runner().invoke(
        args=["gamification", "recompute", *of_course, "--from", "2026-11-20"]
    )

    assert said.stdout == f"[{key}] contributors=3 badges_awarded=3\n"
    assert versions(session, "twice") == [1, 2]
    (noted,) = audited(session)
    assert (noted["by"], noted["role"]) == ("operator", "operator")


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        ({"past": {"from": "yesterday"}}, "past.from: "),
        ({"past": {"from": "2026-11-20T00:00:00"}}, "past.from: "),
        ({"past": {"unmet": "drop"}}, "past.unmet: Input should be 'keep' or 'revoke'"),
        ({"past": {"notify": "yes"}}, "past.notify: Input should be a valid boolean"),
        ({"past": {"quiet": True}}, "past.quiet: Extra inputs are not permitted"),
        ({"dry_run": 1}, "dry_run: Input should be a valid boolean"),
        ({"members": []}, "members: Extra inputs are not permitted"),
    ],
)
def test_what_makes_no_sense_is_refused_by_name(
    teacher: Caller, body: dict[str, Any], detail: str
) -> None:
    answer: Any = teacher.send("POST", f"{teacher.course}/recompute", body)

    assert answer.status_code == 422
    assert answer.json["detail"].startswith(detail), answer.json["detail"]


def test_no_other_course_is_recomputed(
    session: Session, client: FlaskClient, people: list[Membership], teacher: Caller
) -> None:
    beside = a_context(session, registration=people[0].context.registration)
    a_caller(session, client, of=beside, role="instructor")
    stranger = a_caller(session, client, of=a_live_course(session), role="instructor")

    there = [
        caller.send("POST", f"/api/v1/courses/{course}/recompute").status_code
        for caller, course in (
            (teacher, beside.public_id),
            (stranger, teacher.course_id),
        )
    ]

    assert (there, holders(session, "keen")) == ([404, 404], 0)


@pytest.mark.parametrize("key", ["", "once"])
def test_who_waits_for_a_course_that_is_turned_off_awards_nothing(
    session: Session,
    course: Context,
    people: list[Membership],
    teacher: Caller,
    key: str,
) -> None:
    before = audited(session)
    lock_course(session, course.id)
    course.enabled = False
    session.flush()
    headers: dict[str, Any] = {"Idempotency_Key": key} if key else {}

    with ThreadPoolExecutor(max_workers=1) as threads:
        waiting = threads.submit(lambda: ask(teacher, **headers))
        early, _ = wait([waiting], timeout=0.5)
        session.commit()

    assert early == set()
    assert waiting.result().status_code == 409
    assert audited(session) == before
