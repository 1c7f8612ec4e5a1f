"""The ground the other tests stand on."""

import requests
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask.testing import FlaskClient
from flask_openapi3.openapi import OpenAPI
from sqlalchemy.orm import Session

from jobs import clock as edge
from models import Base, Tenant
from models.db import db
from tests.factories import a_badge, a_contribution, a_tenant
from tests.support.clock import NOW, Clock
from tests.support.databases import Database, Databases
from tests.support.platform import Registered


def test_each_test_has_the_database_it_names(
    database: Database, session: Session
) -> None:
    assert session.get_bind().dialect.name == database.name


def test_the_migrations_make_what_the_models_say(engine: sa.Engine) -> None:
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})

        assert compare_metadata(context, Base.metadata) == []


def test_what_one_test_commits_another_does_not_see(
    databases: Databases, database: Database, session: Session
) -> None:
    a_tenant(session, key="acme")
    session.commit()

    with databases.fresh(database.name) as other:
        engine = sa.create_engine(other.url)
        with Session(engine) as elsewhere:
            found = elsewhere.scalars(sa.select(Tenant)).all()
        engine.dispose()

    assert found == []


def test_the_application_and_the_session_see_the_same_rows(
    app: OpenAPI, session: Session
) -> None:
    a_tenant(session, key="acme")
    session.commit()

    with app.app_context():
        found = db.session.scalars(sa.select(Tenant.key)).all()

    assert found == ["acme"]


def test_the_application_asks_the_tests_clock(
    app: OpenAPI, clock: Clock, client: FlaskClient
) -> None:
    with app.app_context():
        assert edge.now() == NOW == clock.moment


def test_the_builders_build_what_they_stand_on(session: Session) -> None:
    a_contribution(session)
    a_badge(session)

    assert session.scalar(sa.select(sa.func.count()).select_from(Tenant)) == 2


def test_the_application_is_served_where_its_settings_say(
    app: OpenAPI, served: str
) -> None:
    assert requests.get(f"{served}/nowhere", timeout=60).status_code == 404


def test_both_campuses_answer_and_are_registered(
    registered: Registered, canvas_registered: Registered
) -> None:
    for place in (registered, canvas_registered):
        answer = requests.get(place.registration.jwks_url, timeout=60).json()

        assert {key["kty"] for key in answer["keys"]} == {"RSA"}
        assert place.campus.now() == NOW
