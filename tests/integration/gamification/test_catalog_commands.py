"""`flask catalog …`, as an operator types it."""

import os
from dataclasses import replace
from pathlib import Path

import pytest
from flask_openapi3.openapi import OpenAPI
from sqlalchemy.orm import Session

from config import ROOT
from tests.factories import a_tenant
from tests.integration.gamification.conftest import Flask

BAD = """
[[badge]]
key = "owl"
metric = "nights"
threshold = 5

[[badge]]
key = "lark"
metric = "active_days"
threshold = 5
"""


TYPED = """
[[tenant.acme.badge]]
key = "owl"
metric = "active_days"
threshold = 5
thresold = 7

[[badge]]
key = "owl"
metric = "events"
threshold = 5

[[tenant.akme.badge]]
key = "owl"
removed = true
"""


def test_the_shipped_catalog_is_valid(flask: Flask) -> None:
    result = flask("catalog", "validate")

    assert (result.stdout, result.exit_code) == ("5 badges\n", 0)


def test_a_byte_order_mark_is_no_part_of_a_catalog(
    flask: Flask, tmp_path: Path
) -> None:
    path = tmp_path / "mine.toml"
    text = (ROOT / "catalog.toml").read_text(encoding="utf-8")
    path.write_text(text, encoding="utf-8-sig")

    result = flask("catalog", "validate", os.fspath(path))

    assert (result.stdout, result.exit_code) == ("5 badges\n", 0)


@pytest.mark.demand("A32")
def test_validating_names_every_dropped_entry_and_why(
    flask: Flask, tmp_path: Path
) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(BAD)

    result = flask("catalog", "validate", os.fspath(path))

    assert result.stdout.splitlines() == [
        (
            'mine.toml, badge 1 (owl): there is no metric "nights"; there are '
            "score, events, authored, active_days, completed, time_spent, "
            "and more for a criterion"
        ),
        "1 badge",
    ]
    assert result.exit_code == 1


def test_validating_a_file_that_is_not_there_is_no_crash(
    flask: Flask, tmp_path: Path
) -> None:
    result = flask("catalog", "validate", os.fspath(tmp_path / "none.toml"))

    assert result.stdout.splitlines() == [
        "none.toml: No such file or directory",
        "0 badges",
    ]
    assert result.exit_code == 1


@pytest.mark.demand("A16")
def test_validating_reads_the_operators_own_catalog(
    flask: Flask, app: OpenAPI, tmp_path: Path
) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(BAD)
    config = app.extensions["laurel"]
    app.extensions["laurel"] = replace(config, catalog_file=path)

    assert "mine.toml, badge 1 (owl)" in flask("catalog", "validate").stdout


@pytest.mark.demand("A32")
def test_validating_names_typing_errors_and_tenants_that_are_not_there(
    flask: Flask, session: Session, tmp_path: Path
) -> None:
    a_tenant(session, key="acme")
    session.commit()
    path = tmp_path / "mine.toml"
    path.write_text(TYPED)

    result = flask("catalog", "validate", os.fspath(path))

    assert result.stdout.splitlines() == [
        (
            "mine.toml, tenant acme, badge 1 (owl): "
            'unknown field "thresold"; did you mean threshold?'
        ),
        "tenant akme: there is no such tenant",
        "1 badge",
        "[acme] 1 badge",
        "[akme] 0 badges",
    ]
    assert result.exit_code == 1
