"""Writing a registration down: it waits, and takes nobody's place."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from lti import audit, registrations
from lti.addresses import origin
from lti.registration.answer import Answer
from lti.registration.configuration import Configuration
from lti.registration.errors import RegistrationFailed
from models import AuditEntry, Invitation, Registration

CHANGED, DECIDED = "platform_changed", "platform_approved"
APPROVED = (
    "client_id",
    "auth_login_url",
    "token_url",
    "jwks_url",
    "audience",
    "client_uri",
    "family",
    "internal_hosts",
    "unproven_hosts",
)


@dataclass(frozen=True)
class Told:
    """What a platform said of itself and of us; our id for it was told to it."""

    configuration: Configuration
    answer: Answer
    public_id: str


def replaced_since_approval(
    session: Session, registration: Registration
) -> dict[str, object]:
    """Return what the operator last approved and a renewal has replaced since."""
    query = (
        sa.select(AuditEntry.action, AuditEntry.details)
        .where(
            AuditEntry.registration_id == registration.id,
            AuditEntry.action.in_([CHANGED, DECIDED]),
        )
        .order_by(AuditEntry.id.desc())
    )
    replaced: dict[str, object] = {}
    for action, details in session.execute(query):
        if action == DECIDED:
            break
        replaced |= details["replaced"]
    return replaced


def refuse_another(row: Registration, configuration: Configuration) -> None:
    """Raise RegistrationFailed unless a renewal is by the platform that it renews.

    Another one's people and courses would be taken for those we know.
    """
    if row.issuer != configuration.issuer:
        raise RegistrationFailed(
            "another_platform",
            f"This invitation renews the registration of {row.issuer}, and your "
            f"learning platform is {configuration.issuer}.",
        )


def keep(
    session: Session, invitation: Invitation, told: Told, now: datetime
) -> Registration:
    """Write down who a platform is; it may launch once the operator approves.

    A registration of the same issuer and client id stays as it is, whoever has it:
    each has a login address of its own. An invitation to update changes just the
    one it names, which keeps its courses under the client id that the platform made
    now; if all is as before, it need not wait again. A place that a renewal names is
    let in by nobody but the operator.
    """
    configuration, answer = told.configuration, told.answer
    row = invitation.registration or _new(session, invitation, told, now)
    if row is invitation.registration:
        # While the platform was asked, the operator may have decided something.
        session.refresh(row, with_for_update=True)
        refuse_another(row, configuration)
    before = _word(row)
    _take_over(row, invitation, configuration, answer)
    replaced = {name: old for name, old in before.items() if old != getattr(row, name)}
    if replaced and row.state == "active":
        row.state = "pending"
    session.flush()
    if replaced and invitation.registration is not None:
        audit.note(session, CHANGED, now, registration=row, replaced=replaced)
    if answer.deployment_id and row.deployments == "listed":
        is_new = invitation.registration is None
        let = registrations.admit if is_new else registrations.note_pending
        let(session, row, answer.deployment_id, now)
    return row


def _new(
    session: Session, invitation: Invitation, told: Told, now: datetime
) -> Registration:
    row = Registration(
        public_id=told.public_id,
        tenant_id=invitation.tenant_id,
        issuer=told.configuration.issuer,
        deployments="listed",
        state="pending",
        created_at=now,
    )
    session.add(row)
    return row


def _take_over(
    row: Registration,
    invitation: Invitation,
    configuration: Configuration,
    answer: Answer,
) -> None:
    if row.jwks_url != configuration.jwks_uri:
        # Keys from elsewhere must not sign for this platform any longer.
        row.key_set = row.key_set_fetched_at = None
    if row.client_id != answer.client_id:
        row.granted_scopes = None
    row.client_id = answer.client_id
    row.auth_login_url = configuration.authorization_endpoint
    row.token_url = configuration.token_endpoint
    row.jwks_url = configuration.jwks_uri
    row.audience = configuration.audience
    row.family = configuration.family
    row.name = configuration.name
    row.client_uri = answer.client_uri
    row.internal_hosts = list(invitation.internal_hosts)
    row.unproven_hosts = configuration.unproven_hosts
    # They may frame us and no more: the operator has named none of them.
    seen = {str(origin(configuration.url)), configuration.domain or ""} - {""}
    row.learned_origins = sorted({*(row.learned_origins or ()), *seen})


def _word(row: Registration) -> dict[str, object]:
    """Return what the operator approves: where a launch goes and who signs it.

    The product, too, for its ways are ours there, and where we may be changed.
    """
    return {name: getattr(row, name) for name in APPROVED}
