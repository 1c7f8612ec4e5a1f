"""The audit's chain, for tests: made by the real job, and tampered with by plain SQL."""

import sqlite3
from contextlib import closing

import sqlalchemy as sa
from flask_openapi3.openapi import OpenAPI
from sqlalchemy.orm import Session

from jobs.sealing import seal_audit
from lti import audit
from models import AuditSeal, Tenant
from tests.support.clock import NOW

WITHOUT_KEY = "ALTER TABLE audit_seal DROP CONSTRAINT IF EXISTS fk_audit_seal_entry_id_audit_entry"


def decisions(session: Session, tenant: Tenant, *awards: str) -> None:
    """Note that so many awards were revoked, and commit it."""
    for award in awards:
        audit.note(
            session, "award_revoked", NOW, tenant_id=tenant.id, award=award, by="iris"
        )
    session.commit()


def seal(app: OpenAPI) -> None:
    with app.app_context():
        seal_audit()


def chain(session: Session) -> list[tuple[int, int]]:
    """Return the positions, and the entries at them."""
    session.rollback()
    query = sa.select(AuditSeal.position, AuditSeal.entry_id)
    rows = session.execute(query.order_by(AuditSeal.position))
    return [(position, entry_id) for position, entry_id in rows]


def tamper(session: Session, *statements: str) -> None:
    """Write what no code of ours writes, as whoever owns the database can."""
    session.rollback()
    engine = session.get_bind().engine
    if engine.dialect.name == "sqlite":
        # A connection of its own holds no foreign keys.
        with closing(sqlite3.connect(str(engine.url.database))) as connection:
            connection.executescript(";".join(statements))
        return
    with engine.begin() as connection:
        for statement in (WITHOUT_KEY, *statements):
            connection.execute(sa.text(statement))
