"""A catalog that became milder: the next launch sees to what it gives to others."""

from dataclasses import replace
from pathlib import Path

import sqlalchemy as sa
from flask_openapi3.openapi import OpenAPI
from sqlalchemy.orm import Session

from jobs.clock import now
from jobs.outbox import run, take
from jobs.worker import FOR_A_COURSE
from models import Award, Badge, Context, Outbox
from models.db import db
from tests.conformance.stage import Stage
from tests.factories import a_member
from tests.support.launches import hand_in
from tests.support.platform import Registered

ENTRY = '[[badge]]\nkey = "author"\nmetric = "score"\nthreshold = {}\n'


def do_what_is_asked(app: OpenAPI, session: Session) -> list[str]:
    """Do what the outbox holds that a platform is not needed for; name it."""
    rows = session.execute(sa.select(Outbox.id, Outbox.job)).all()
    asked = {row.id: row.job for row in rows if row.job == "evaluate_course"}
    session.rollback()
    with app.app_context():
        taken = [row for row in take(db.session(), now()) if row in asked]
        for row in taken:
            run(row, FOR_A_COURSE)
    return [asked[row] for row in taken]


def test_a_milder_threshold_awards_after_the_next_launch_and_the_sweep(
    app: OpenAPI, registered: Registered, session: Session, tmp_path: Path
) -> None:
    catalog = tmp_path / "catalog.toml"
    catalog.write_text(ENTRY.format(100))
    app.extensions["laurel"] = replace(app.extensions["laurel"], catalog_file=catalog)
    stage = Stage(app, registered, session)
    stage.launch()
    course = session.scalars(sa.select(Context)).one()
    course.enabled = True
    other = a_member(session, of=course, name="Ben")
    session.commit()
    stage.launch()
    do_what_is_asked(app, session)
    hand_in(session, other, times=3)
    session.commit()

    mild = tmp_path / "mild.toml"
    mild.write_text(ENTRY.format(5))
    app.extensions["laurel"] = replace(app.extensions["laurel"], catalog_file=mild)
    stage.launch()
    done = do_what_is_asked(app, session)
    stage.launch()

    held = session.execute(
        sa.select(Award.membership_id, Badge.key).join(
            Badge, Badge.id == Award.badge_id
        )
    )
    assert done == ["evaluate_course"]
    assert [tuple(row) for row in held] == [(other.id, "author")]
    assert do_what_is_asked(app, session) == []
