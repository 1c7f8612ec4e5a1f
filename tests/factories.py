"""Typed builders of rows: `a_member(session)` builds what it stands on, too.

Every builder flushes and returns the row; what a test does not name is plausible.
"""

from datetime import datetime
from itertools import count
from typing import Any, TypeVar

from sqlalchemy.orm import Session

from gamification.catalog import Criterion
from models import (
    Badge,
    BadgeVersion,
    Base,
    Context,
    Contribution,
    Deployment,
    Item,
    Membership,
    Registration,
    Tenant,
    User,
    UserIdentity,
)
from tests.support.clock import NOW

POINT = 1_000_000
"""Scores, maxima and points are kept in millionths."""

Row = TypeVar("Row", bound=Base)

_numbers = count(1)


def a_tenant(session: Session, *, key: str = "", enabled: bool = True) -> Tenant:
    key = key or f"tenant-{next(_numbers)}"
    return _saved(
        session,
        Tenant(key=key, name=key.title(), enabled=enabled, created_at=NOW),
    )


def a_registration(
    session: Session,
    *,
    tenant: Tenant | None = None,
    issuer: str = "https://lms.example",
    client_id: str = "",
    family: str = "moodle",
    deployments: str = "any",
    state: str = "active",
) -> Registration:
    tenant = tenant or a_tenant(session)
    return _saved(
        session,
        Registration(
            tenant_id=tenant.id,
            issuer=issuer,
            client_id=client_id or f"client-{next(_numbers)}",
            auth_login_url=f"{issuer}/auth",
            token_url=f"{issuer}/token",
            jwks_url=f"{issuer}/certs",
            family=family,
            deployments=deployments,
            state=state,
            frame_origins=[],
            created_at=NOW,
        ),
    )


def a_deployment(
    session: Session,
    *,
    registration: Registration | None = None,
    lti_id: str = "",
    state: str = "active",
) -> Deployment:
    registration = registration or a_registration(session)
    return _saved(
        session,
        Deployment(
            registration_id=registration.id,
            tenant_id=registration.tenant_id,
            lti_id=lti_id or str(next(_numbers)),
            state=state,
            first_seen_at=NOW,
        ),
    )


def a_context(
    session: Session,
    *,
    registration: Registration | None = None,
    enabled: bool = True,
    **columns: Any,  # noqa: ANN401 -- any other column of the row
) -> Context:
    """Build a course that is on; the environment's switch is not in the database."""
    deployment = a_deployment(session, registration=registration)
    number = next(_numbers)
    values = {
        "lti_id": f"course-{number}",
        "title": f"Course {number}",
        "label": f"C{number}",
        "enabled": enabled,
        "ags_scopes": [],
        "created_at": NOW,
        **columns,
    }
    return _saved(
        session,
        Context(
            tenant_id=deployment.tenant_id,
            registration_id=deployment.registration_id,
            deployment_id=deployment.id,
            **values,
        ),
    )


def a_user(session: Session, *, tenant: Tenant | None = None) -> User:
    tenant_id = tenant.id if tenant else a_tenant(session).id
    return _saved(session, User(tenant_id=tenant_id, created_at=NOW))


def a_member(
    session: Session,
    *,
    of: Context | None = None,
    name: str = "Ada Ahorn",
    role: str = "learner",
    sub: str = "",
    **columns: Any,  # noqa: ANN401 -- any other column of the row
) -> Membership:
    """Build a person known to the course's platform, in the course."""
    context = of or a_context(session)
    user = a_user(session, tenant=context.tenant)
    sub = sub or f"sub-{next(_numbers)}"
    identity = UserIdentity(
        registration_id=context.registration_id, sub=sub, user_id=user.id
    )
    _saved(session, identity)
    values = {"name": name, "role": role, "first_seen_at": NOW, **columns}
    return _saved(session, Membership(context_id=context.id, user_id=user.id, **values))


def an_item(
    session: Session,
    *,
    of: Context | None = None,
    key: str = "",
    maximum: int | None = 100 * POINT,
) -> Item:
    context = of or a_context(session)
    key = key or f"item-{next(_numbers)}"
    label = key.replace("-", " ").capitalize()
    return _saved(
        session, Item(context_id=context.id, key=key, label=label, maximum=maximum)
    )


def a_contribution(
    session: Session,
    *,
    by: Membership | None = None,
    item: Item | None = None,
    kind: str = "submitted",
    at: datetime = NOW,
    **columns: Any,  # noqa: ANN401 -- any other column of the row
) -> Contribution:
    """Build the bare fact; points and standings come from `activity.record` alone."""
    member = by or a_member(session)
    values = {
        "item_id": item.id if item else None,
        "source": "test",
        "fact_key": f"{kind}:{next(_numbers)}",
        "occurred_at": at,
        "recorded_at": at,
        "seen_at": at,
        **columns,
    }
    return _saved(
        session,
        Contribution(
            context_id=member.context_id, membership_id=member.id, kind=kind, **values
        ),
    )


def a_badge(
    session: Session,
    *,
    of: Context | None = None,
    key: str = "",
    metric: str = "score",
    threshold: int = 25,
    effective_from: datetime | None = None,
    criterion: dict[str, Any] | None = None,
    policy: str = "keep",
) -> Badge:
    """Build an active badge with its first version: `metric` at least `threshold`.

    `criterion` is a rule in its place.
    """
    context = of or a_context(session)
    key = key or f"badge_{next(_numbers)}"
    badge = _saved(session, Badge(context_id=context.id, key=key, policy=policy))
    rule = {"metric": metric, "at_least": threshold}
    if criterion is not None:
        rule = Criterion.from_json(criterion).to_json()
    version = BadgeVersion(
        badge_id=badge.id,
        number=1,
        label=key.replace("_", " ").capitalize(),
        icon="🏅",
        criterion=rule,
        effective_from=effective_from,
        created_at=NOW,
    )
    _saved(session, version)
    return badge


def _saved(session: Session, row: Row) -> Row:
    session.add(row)
    session.flush()
    return row
