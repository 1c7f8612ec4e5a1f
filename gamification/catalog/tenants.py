"""Whether the tenants that a catalog names are there."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gamification.catalog.definitions import Catalog, Note, shown
from models import Tenant


class NoTenants(Exception):
    """There is no database that knows tenants."""


def strangers(session: Session, catalog: Catalog) -> list[Note]:
    """Name each tenant of a catalog that the database does not know.

    Raises NoTenants where no database can be asked yet.
    """
    if not catalog.tenants:
        return []
    try:
        known = set(session.scalars(sa.select(Tenant.key)))
    except (sa.exc.OperationalError, sa.exc.ProgrammingError) as error:
        raise NoTenants from error
    return [
        Note(f"tenant {shown(key)}", "", "there is no such tenant")
        for key in catalog.tenants
        if key not in known
    ]
