"""A catalog that changed reaches a course, its people and the operator's log."""

import os
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask_openapi3.openapi import OpenAPI

from app import create_app
from config import Config
from jobs import outbox
from jobs.catalog import current_catalog
from jobs.clock import now
from jobs.worker import FOR_A_COURSE
from models import Award, Badge
from models.db import db
from tests.support.syncing import Desk

BADGE = '[[badge]]\nkey = "first"\nmetric = "completed"\nthreshold = {}\n'


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "catalog.toml"
    file.write_text(BADGE.format(9))
    return file


def rewrite(file: Path, text: str) -> None:
    """Write a file again, surely at another moment than before."""
    changed_at = file.stat().st_mtime_ns
    file.write_text(text)
    os.utime(file, ns=(changed_at, changed_at + 10**9))


def use(app: OpenAPI, file: Path) -> None:
    app.extensions["laurel"] = replace(app.extensions["laurel"], catalog_file=file)


def test_who_earned_a_badge_by_a_milder_rule_gets_it_after_the_next_sync(
    desk: Desk, file: Path
) -> None:
    use(desk.app, file)
    desk.sync()
    rewrite(file, BADGE.format(1))

    desk.sync()
    with desk.app.app_context():
        for row in outbox.take(db.session(), now()):
            outbox.run(row, FOR_A_COURSE)

    held = sa.select(Award.id).join(Badge, Badge.id == Award.badge_id)
    assert len(desk.session.scalars(held).all()) == 2


def test_what_is_dropped_is_logged_once_for_each_change_of_the_file(
    app: OpenAPI, file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    use(app, file)
    for text in (BADGE.format('"many"'), BADGE.format(0)):
        rewrite(file, text)
        with app.app_context():
            for _ in range(2):
                current_catalog()

    first, second = caplog.messages
    assert first.startswith("Catalog: catalog.toml, badge 1 (first): ")
    assert second.startswith("Catalog: catalog.toml, badge 1 (first): ")


def test_an_application_names_what_is_dropped_as_it_starts(
    config: Config, file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    rewrite(file, "[[badge]]\nkey = 7\n")

    create_app(replace(config, catalog_file=file))

    (said,) = caplog.messages
    assert said.startswith("Catalog: catalog.toml, badge 1")
