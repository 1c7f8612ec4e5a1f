"""A verified launch becomes rows: deployment, course, link, person, membership.

A course that is known costs one question; only what changed is written.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import Session, contains_eager

from lti import audit
from lti.errors import DeploymentPending, LaunchRejected
from lti.launch import Launch
from lti.origins import callable_url, learn
from lti.platform_keys import KeySet
from lti.roles import NOTED_EVERY, STAFF_FOR
from models import (
    STAFF,
    Base,
    Context,
    Deployment,
    Membership,
    Registration,
    ResourceLink,
    Tenant,
    User,
    UserIdentity,
)
from models.locks import lock_course
from models.upsert import insert

KNOWN = (
    sa.select(Registration, Deployment, Context, ResourceLink, User, Membership)
    .join(Tenant, Tenant.id == Registration.tenant_id)
    .outerjoin(
        Deployment,
        (Deployment.registration_id == Registration.id)
        & (Deployment.lti_id == sa.bindparam("deployment")),
    )
    .outerjoin(
        Context,
        (Context.registration_id == Registration.id)
        & (Context.lti_id == sa.bindparam("context")),
    )
    .outerjoin(
        ResourceLink,
        (ResourceLink.context_id == Context.id)
        & (ResourceLink.lti_id == sa.bindparam("link")),
    )
    .outerjoin(
        UserIdentity,
        (UserIdentity.registration_id == Registration.id)
        & (UserIdentity.sub == sa.bindparam("sub")),
    )
    .outerjoin(User, User.id == UserIdentity.user_id)
    .outerjoin(
        Membership,
        (Membership.context_id == Context.id) & (Membership.user_id == User.id),
    )
    .where(
        Registration.id == sa.bindparam("registration"), Registration.state == "active"
    )
    .options(contains_eager(Registration.tenant), contains_eager(Membership.user))
)

REREAD = {"populate_existing": True}

Row = TypeVar("Row", bound=Base)


@dataclass(frozen=True)
class Arrival:
    """Where somebody arrived, and as whom; who picks links comes from none.

    `is_new` and `role_changed` tell that the course's standings must hear of it.
    """

    registration: Registration
    deployment: Deployment
    context: Context
    resource_link: ResourceLink | None
    membership: Membership
    course_is_new: bool
    is_new: bool
    role_changed: bool


@dataclass(frozen=True)
class Gate:
    """What an arrival needs to know besides the launch."""

    registration_id: int
    development: bool
    key_set: KeySet | None = None
    """The platform's keys, if they were fetched anew."""


def arrive(session: Session, launch: Launch, gate: Gate, now: datetime) -> Arrival:
    """Write down a verified launch.

    Raises DeploymentPending when the registration lists its deployments and this
    one is not among them, and LaunchRejected when it was shut out meanwhile.
    Holds the course's lock before it writes what others may write beside it.
    """
    known = _known(session, launch, gate.registration_id)
    if _is_news(known, launch) and lock_course(session, known[2].id):
        known = _known(session, launch, gate.registration_id, REREAD)
    registration: Registration = known[0]
    deployment = known[1] or _new_deployment(session, registration, launch, now)
    if deployment.state != "active":
        raise DeploymentPending(registration.id, launch.deployment_id)
    context = known[2] or _new_context(session, deployment, launch, now)
    link = known[3] or _new_link(session, context, launch)
    user = known[4] or _new_user(session, registration, launch, now)
    membership = known[5] or _new_membership(session, context, user, launch, now)
    _note_platform(registration, launch, gate, now)
    _note_course(context, link, launch, now)
    _note_services(session, context, launch, gate, now)
    _put(context, deployment_id=deployment.id)
    # This course's latest word: a name it keeps to itself now is not ours to keep.
    _put(membership, name=launch.name)
    role_changed = _note_role(membership, launch.role, now)
    session.flush()
    news = (known[2] is None, known[5] is None, role_changed)
    return Arrival(registration, deployment, context, link, membership, *news)


def _known(
    session: Session,
    launch: Launch,
    registration_id: int,
    options: Mapping[str, Any] = {},
) -> Any:  # noqa: ANN401 -- a row of six, five of them optional
    wanted = {
        "registration": registration_id,
        "deployment": launch.deployment_id,
        "context": launch.context_id,
        "link": launch.resource_link_id,
        "sub": launch.sub,
    }
    known = session.execute(KNOWN, wanted, execution_options=options).one_or_none()
    if known is None:
        raise LaunchRejected("registration_inactive")
    return known


def _is_news(known: Any, launch: Launch) -> bool:  # noqa: ANN401 -- a row of six, five of them optional
    """Tell whether a course others know hears of this launch, or of its person.

    A course that is off, and a person as we know them, wait for nobody.
    """
    _, _, context, _, _, membership = known
    if context is None:
        return False
    if context.enabled or any(row is None for row in known):
        return True
    before = (membership.name, membership.role, membership.status)
    return bool(before != (launch.name, launch.role, "active"))


def _new_deployment(
    session: Session, registration: Registration, launch: Launch, now: datetime
) -> Deployment:
    if registration.deployments == "listed":
        raise DeploymentPending(registration.id, launch.deployment_id)
    key = {"registration_id": registration.id, "lti_id": launch.deployment_id}
    rest = {"tenant_id": registration.tenant_id, "first_seen_at": now}
    return _made(session, Deployment, key, rest | {"state": "active"})


def _new_context(
    session: Session, deployment: Deployment, launch: Launch, now: datetime
) -> Context:
    key = {"registration_id": deployment.registration_id, "lti_id": launch.context_id}
    rest = {
        "tenant_id": deployment.tenant_id,
        "deployment_id": deployment.id,
        "created_at": now,
    }
    return _made(session, Context, key, rest)


def _new_link(
    session: Session, context: Context, launch: Launch
) -> ResourceLink | None:
    if not launch.resource_link_id:
        return None
    key = {"context_id": context.id, "lti_id": launch.resource_link_id}
    return _made(session, ResourceLink, key, {"title": launch.resource_link_title})


def _new_user(
    session: Session, registration: Registration, launch: Launch, now: datetime
) -> User:
    user = User(tenant_id=registration.tenant_id, created_at=now)
    session.add(user)
    session.flush()
    key = {"registration_id": registration.id, "sub": launch.sub}
    identity = _made(session, UserIdentity, key, {"user_id": user.id})
    if identity.user_id != user.id:
        # Somebody else wrote this person down a moment ago.
        session.delete(user)
    return session.get_one(User, identity.user_id)


def _new_membership(
    session: Session, context: Context, user: User, launch: Launch, now: datetime
) -> Membership:
    key = {"context_id": context.id, "user_id": user.id}
    rest = {
        "name": launch.name,
        "role": launch.role,
        "status": "active",
        "first_seen_at": now,
    }
    return _made(session, Membership, key, rest)


def _made(
    session: Session, model: type[Row], key: dict[str, Any], rest: dict[str, Any]
) -> Row:
    """Return the row of a unique key, made by us or by whoever came first."""
    session.execute(
        insert(session, model)
        .values(**key, **rest)
        .on_conflict_do_nothing(index_elements=list(key))
    )
    return session.scalars(sa.select(model).filter_by(**key)).one()


def _note_platform(
    registration: Registration, launch: Launch, gate: Gate, now: datetime
) -> None:
    _put(registration, family=registration.family or launch.family)
    urls = {launch.return_url, launch.memberships_url, launch.lineitems_url}
    learn(registration, urls, development=gate.development)
    if gate.key_set is not None:
        registration.key_set = gate.key_set.document
        registration.key_set_fetched_at = gate.key_set.fetched_at
    if _is_due(registration.last_launch_at, now):
        registration.last_launch_at = now


def _note_course(
    context: Context, link: ResourceLink | None, launch: Launch, now: datetime
) -> None:
    title = launch.context_title or context.title
    _put(context, title=title, label=launch.context_label or context.label)
    if link is not None:
        _put(link, title=launch.resource_link_title or link.title)
    if _is_due(context.last_launch_at, now):
        context.last_launch_at = now


def _note_services(
    session: Session, context: Context, launch: Launch, gate: Gate, now: datetime
) -> None:
    """Keep what we may call for this course; an address elsewhere raises an alert."""
    _put(context, ags_scopes=list(launch.ags_scopes))
    platform = context.registration
    for column, sent in (
        ("memberships_url", launch.memberships_url),
        ("lineitems_url", launch.lineitems_url),
    ):
        url = callable_url(platform, sent, development=gate.development)
        if sent and url is None:
            audit.alert(session, now, platform, service=column)
        else:
            _put(context, **{column: url})


def _note_role(membership: Membership, role: str, now: datetime) -> bool:
    """Let the platform's word count; staff of the last 30 days stay staff.

    A teacher may look at the course as a student; that makes nobody a rival.
    """
    before = (membership.role, membership.status)
    _put(membership, status="active", left_at=None)
    if role in STAFF:
        if _is_due(membership.staff_seen_at, now):
            membership.staff_seen_at = now
        _put(membership, role=role)
    elif membership.staff_seen_at is None or now - membership.staff_seen_at > STAFF_FOR:
        _put(membership, role=role)
    return before != (membership.role, membership.status)


def _put(row: Base, **values: object) -> None:
    """Set what differs: a row that stays as it is costs nothing to flush."""
    for name, value in values.items():
        if getattr(row, name) != value:
            setattr(row, name, value)


def _is_due(noted_at: datetime | None, now: datetime) -> bool:
    return noted_at is None or now - noted_at >= NOTED_EVERY
