"""What every answer has in common: health, headers and the pages of errors."""

import logging
from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_openapi3.openapi import OpenAPI
from sqlalchemy.exc import NoResultFound, OperationalError

from app import create_app
from config import Config
from lti.errors import PlatformUnavailable
from models.db import db

SECRET = "eyJhbGciOi-secret"  # noqa: S105 -- to be searched for


def failing(app: Flask, error: Exception) -> FlaskClient:
    """Return a client of the application with a page that fails like this."""

    def fail() -> str:
        raise error

    app.add_url_rule("/fail", view_func=fail)
    app.add_url_rule("/api/fail", endpoint="api_fail", view_func=fail)
    return app.test_client()


@pytest.fixture
def secure(config: Config) -> Iterator[OpenAPI]:
    """Return the application at an https address."""
    app = create_app(replace(config, public_url="https://laurel.example"))
    yield app
    with app.app_context():
        db.engine.dispose()


def test_the_probes_tell_life_from_readiness(client: FlaskClient) -> None:
    live, ready = client.get("/health/live"), client.get("/health/ready")

    assert (live.status_code, live.get_json()) == (200, {"status": "ok"})
    assert (ready.status_code, ready.get_json()) == (200, {"status": "ok"})


def test_a_process_without_its_tables_lives_and_is_not_ready(
    config: Config, tmp_path_factory: pytest.TempPathFactory
) -> None:
    empty = tmp_path_factory.mktemp("empty") / "empty.db"
    app = create_app(replace(config, database_url=f"sqlite:///{empty}"))
    client = app.test_client()

    live, ready = client.get("/health/live"), client.get("/health/ready")

    with app.app_context():
        db.engine.dispose()
    assert (live.status_code, ready.status_code) == (200, 503)
    assert ready.get_json() == {"status": "no database"}


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (RuntimeError(SECRET), 500),
        (KeyError(SECRET), 500),
        (OperationalError(SECRET, {"token": SECRET}, Exception(SECRET)), 503),
        (NoResultFound(SECRET), 404),
        (PlatformUnavailable(SECRET), 502),
    ],
)
def test_a_failure_is_a_number_and_no_detail(
    app: OpenAPI, error: Exception, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    client = failing(app, error)

    page, problem = client.get("/fail"), client.get("/api/fail")

    answers = [page.get_data(as_text=True), problem.get_data(as_text=True)]
    assert (page.status_code, problem.status_code) == (status, status)
    assert (page.mimetype, problem.mimetype) == (
        "text/html",
        "application/problem+json",
    )
    assert SECRET not in "".join([*answers, caplog.text])
    assert problem.get_json()["error_id"] in caplog.text


def test_an_https_site_says_so_for_a_year(secure: OpenAPI, client: FlaskClient) -> None:
    strict = secure.test_client().get("/health/live").headers
    plain = client.get("/health/live").headers

    assert strict["Strict-Transport-Security"] == "max-age=31536000"
    assert "Strict-Transport-Security" not in plain


def test_a_fragment_that_may_not_be_seen_is_a_fragment(client: FlaskClient) -> None:
    answer = client.get("/panel/overview")

    text = answer.get_data(as_text=True)
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")
    assert "<html" not in text
    assert "open it again from your course" in text
