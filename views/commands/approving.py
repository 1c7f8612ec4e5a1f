"""The platform an operator speaks of, and what is to be accepted before it is let in."""

from dataclasses import dataclass

import click

from gamification.switches import switch_of_tenant
from lti import registrations
from lti.addresses import Origin, origin
from lti.registration.keeping import replaced_since_approval
from models import Registration, Tenant
from models.db import db
from models.locks import begin_write
from views.commands.gamification import ENVIRONMENT_OFF
from views.pages import settings

UNPROVEN = (
    "Besides {own} it names hosts that are not under its own: {hosts}. If all of them "
    "are this platform's (Canvas has several), say so with --accept-hosts."
)
NEW_CLIENT = (
    "A renewal has put the client id {row.client_id} of “{row.name}” in the place of "
    "{old}: its courses are those of {row.public_id} from now on. In Canvas's cloud "
    "all schools have one issuer, so make sure that it is the same school. If it is, "
    "say so with --accept-new-client."
)
SAME_CLIENT = (
    "Our client id there, {client_id}, is also ours at {others}. One key signs for "
    "both, so either could pass itself off as us at the other."
)
SAY_SO = (
    "If both are trustworthy (self-hosted Canvases count from the same number), say "
    "so with --accept-same-client."
)
TENANT_OFF = (
    "No course of {key} can show badges yet: `flask gamification enable --tenant {key}` "
    "lets its teachers turn them on."
)
APPROVED = """\
name           {name}
issuer         {issuer}
client id      {client_id}
authorization  {authorization}
token          {token}
key set        {keys}
audience       {audience}"""


def known(public_id: str) -> Registration:
    """Return the registration that an operator names, to be written."""
    session = db.session()
    begin_write(session)
    found = registrations.find(session, public_id)
    if found is None:
        raise click.ClickException(
            f"There is no registration {public_id}; `flask platform list` shows them."
        )
    # A renewal may be about to write it.
    session.refresh(found, with_for_update=True)
    return found


@dataclass(frozen=True)
class Accepted:
    """What an operator says of a platform that Laurel cannot know."""

    hosts: bool = False
    same_client: bool = False
    new_client: bool = False


def refuse_doubtful(row: Registration, accepted: Accepted) -> None:
    """Refuse what an operator has to look at and has not accepted."""
    replaced = replaced_since_approval(db.session(), row)
    if "client_id" in replaced and not accepted.new_client:
        raise click.ClickException(
            NEW_CLIENT.format(row=row, old=replaced["client_id"])
        )
    if row.unproven_hosts and not accepted.hosts:
        named = {"own": _own_hosts(row), "hosts": ", ".join(row.unproven_hosts)}
        raise click.ClickException(UNPROVEN.format(**named))
    refuse_same_client(row, accepted=accepted.same_client)


def refuse_same_client(row: Registration, *, accepted: bool) -> None:
    """Refuse a client id of ours at two hosts that an operator has not accepted."""
    doubt = same_client_elsewhere(row)
    if doubt and not accepted:
        raise click.ClickException(f"{doubt} {SAY_SO}")


def same_client_elsewhere(row: Registration) -> str | None:
    """Say which platforms at other hosts know us by the same client id, if any."""
    elsewhere = registrations.known_elsewhere(db.session(), row)
    others = ", ".join(f"{it.public_id} ({it.issuer})" for it in elsewhere)
    return (
        SAME_CLIENT.format(client_id=row.client_id, others=others) if others else None
    )


def what_is_approved(row: Registration) -> str:
    """Return who a platform is, and the hosts that are trusted to speak for it."""
    return APPROVED.format(
        name=row.name or "-",
        issuer=row.issuer,
        client_id=row.client_id,
        authorization=origin(row.auth_login_url).host,
        token=origin(row.token_url).host,
        keys=origin(row.jwks_url).host,
        audience=row.audience or "the token address",
    )


def next_switch(tenant: Tenant) -> str | None:
    """Return what an operator does so that teachers can turn badges on, if anything."""
    switch = switch_of_tenant(
        db.session(), tenant, environment=settings().gamification_enabled
    )
    if "environment" in switch.off_by:
        return ENVIRONMENT_OFF
    return TENANT_OFF.format(key=tenant.key) if "tenant" in switch.off_by else None


def _own_hosts(row: Registration) -> str:
    """Return where it registered from, and what else it does not name elsewhere."""
    named = (row.issuer, row.auth_login_url, row.token_url, row.jwks_url)
    found = {Origin.of(url) for url in named}
    hosts = {it.host for it in found if it} - set(row.unproven_hosts or ())
    return ", ".join(sorted(hosts))
