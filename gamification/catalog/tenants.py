"""Whether the tenants that a catalog names are there."""

import logging

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gamification.catalog.definitions import Catalog, Note, shown
from models import Tenant

log = logging.getLogger(__name__)


def strangers(session: Session, catalog: Catalog) -> list[Note]:
    """Name each tenant of a catalog that the database does not know.

    Where no database can be asked yet, the names are believed, and the log says so.
    """
    if not catalog.tenants:
        return []
    try:
        known = set(session.scalars(sa.select(Tenant.key)))
    except (sa.exc.OperationalError, sa.exc.ProgrammingError):
        session.rollback()
        log.warning("No database knows the tenants yet: their keys are not checked.")
        return []
    return [
        Note(f"tenant {shown(key)}", "", "there is no such tenant")
        for key in catalog.tenants
        if key not in known
    ]
