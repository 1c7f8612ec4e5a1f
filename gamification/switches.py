"""Whether anything of this is on: three people can say no, and all must say yes."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import Context, Tenant


class NotFound(LookupError):
    """There is no such tenant or course; the message names those there are."""


@dataclass(frozen=True)
class Switch:
    """The three switches of one course: the operator's, the tenant's, its own."""

    environment: bool
    tenant: bool
    course: bool

    @property
    def on(self) -> bool:
        return self.environment and self.tenant and self.course

    @property
    def off_by(self) -> tuple[str, ...]:
        """Name the switches that are off: `environment`, `tenant`, `course`."""
        states = {
            "environment": self.environment,
            "tenant": self.tenant,
            "course": self.course,
        }
        return tuple(name for name, on in states.items() if not on)


def switch_of(context: Context, *, environment: bool) -> Switch:
    """Return the switches of a course; the environment's is not in the database."""
    return Switch(environment, context.tenant.enabled, context.enabled)


def switch_of_tenant(session: Session, tenant: Tenant, *, environment: bool) -> Switch:
    """Return the switches of a tenant; its course's is on where any course is."""
    any_course = sa.select(
        sa.exists().where(Context.tenant_id == tenant.id, Context.enabled)
    )
    return Switch(environment, tenant.enabled, bool(session.scalar(any_course)))


def get_tenant(session: Session, key: str) -> Tenant:
    """Return the tenant of a key; raise NotFound naming those there are."""
    tenants = session.scalars(sa.select(Tenant).order_by(Tenant.key)).all()
    found = next((tenant for tenant in tenants if tenant.key == key), None)
    if found is None:
        known = ", ".join(tenant.key for tenant in tenants) or "none yet"
        raise NotFound(f"There is no tenant {key}. Known tenants: {known}.")
    return found


def get_course(session: Session, tenant: Tenant, course: str) -> Context:
    """Return a tenant's course by our id or the platform's.

    Raises NotFound, naming the courses there are, for no course and for a
    platform's id that several of the tenant's platforms use.
    """
    query = sa.select(Context).where(Context.tenant_id == tenant.id)
    courses = session.scalars(query.order_by(Context.id)).all()
    ours = [known for known in courses if known.public_id == course]
    theirs = [known for known in courses if known.lti_id == course]
    found = ours or theirs
    if len(found) == 1:
        return found[0]
    problem = (
        f"Several platforms of {tenant.key} have a course {course}; use our id"
        if found
        else f"{tenant.key} has no course {course}"
    )
    raise NotFound(f"{problem}. {_listing(found or courses)}")


def _listing(courses: Sequence[Context]) -> str:
    if not courses:
        return "A course is known once the tool was opened in it."
    lines = (
        f"  {known.public_id}  {known.lti_id}  {known.title or known.label}"
        for known in courses
    )
    return "\n".join(["Our id, the platform's id and title:", *lines])
