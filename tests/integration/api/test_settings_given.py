"""What came from an organisation: in the audit, in copies, and after a typing error."""

from pathlib import Path

import sqlalchemy as sa
from flask.testing import FlaskClient
from flask_openapi3.openapi import OpenAPI
from sqlalchemy.orm import Session

from models import AuditEntry
from tests.factories import a_context, a_member
from tests.integration.api.test_tenant_settings import (
    night,
    put,
    settings,
    teacher_of,
    write,
)
from tests.support.copying import take, teaching
from tests.support.launches import a_caller, a_live_course


def test_what_came_from_the_organisation_is_in_the_audit_once(
    app: OpenAPI, session: Session, tmp_path: Path
) -> None:
    course = a_live_course(session)
    with app.app_context():
        write(app, tmp_path, **{course.tenant.key: '[board]\nrank = "hidden"\n'})
        night(session)
        night(session)

    entry = session.scalars(
        sa.select(AuditEntry).filter_by(action="settings_changed")
    ).one()

    assert entry.details == {
        "course": course.public_id,
        "by": "operator",
        "role": "operator",
        "settings": {"board.rank": "hidden"},
    }


def test_a_copy_takes_what_was_decided_and_not_what_was_given(
    app: OpenAPI, session: Session, client: FlaskClient, tmp_path: Path
) -> None:
    old = a_live_course(session)
    key = old.tenant.key
    iris = a_member(session, of=old, role="instructor")
    write(app, tmp_path, **{key: '[board]\nrank = "hidden"\nminimum = 5\n'})
    put(a_caller(session, client, member=iris, role="instructor"), rank="relative")
    new = a_context(session, registration=old.registration, enabled=False)
    teacher = teaching(session, client, new, iris.user)

    taken = take(teacher, old)
    write(app, tmp_path, **{key: "[board]\nminimum = 9\nlists = true\n"})
    put(teacher, leagues=True)

    assert taken.json["changes"] == [
        "The setting board.rank changes from “hidden” to “relative”."
    ]
    board = settings(teacher)["board"]
    assert (board["rank"], board["minimum"], board["lists"]) == ("relative", 9, True)


def test_wrong_values_are_named_and_the_course_stays_as_it_is(
    app: OpenAPI, session: Session, client: FlaskClient, tmp_path: Path
) -> None:
    course = a_live_course(session)
    key, teacher = course.tenant.key, teacher_of(session, client, course)
    with app.app_context():
        write(app, tmp_path, **{key: '[board]\nrank = "hidden"\n'})
        night(session)
        before = settings(teacher)
        write(app, tmp_path, **{key: '[board]\nrank = "hiden"\n'})
        night(session)

    named = app.test_cli_runner().invoke(args=["catalog", "validate"])

    assert settings(teacher) == before
    assert named.exit_code == 1
    assert (
        f"tenant {key}, settings (board.rank): it is one of absolute, relative, "
        'hidden, and not "hiden"'
    ) in named.stdout
