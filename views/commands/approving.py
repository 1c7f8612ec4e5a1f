"""The platform an operator speaks of, and what is to be accepted before it is let in."""

import click

from gamification.switches import switch_of_tenant
from lti import registrations
from lti.addresses import Origin, origin
from models import Registration, Tenant
from models.db import db
from models.locks import begin_write
from views.commands.gamification import ENVIRONMENT_OFF
from views.pages import settings

UNPROVEN = (
    "Besides {own} it names hosts that are not under its own: {hosts}. If all of them "
    "are this platform's (Canvas has several), say so with --accept-hosts."
)
SAME_CLIENT = (
    "Our client id there, {client_id}, is also ours at {others}. One key signs for "
    "both, so either could pass itself off as us at the other. If both are "
    "trustworthy (self-hosted Canvases count from the same number), say so with "
    "--accept-same-client."
)
TENANT_OFF = (
    "No course of {key} can show badges yet: `flask gamification enable --tenant {key}` "
    "lets its teachers turn them on."
)
APPROVED = """\
issuer         {issuer}
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
    return found


def refuse_doubtful(row: Registration, *, hosts: bool, same_client: bool) -> None:
    """Refuse what an operator has to look at and has not accepted."""
    if row.unproven_hosts and not hosts:
        named = {"own": _own_hosts(row), "hosts": ", ".join(row.unproven_hosts)}
        raise click.ClickException(UNPROVEN.format(**named))
    elsewhere = registrations.known_elsewhere(db.session(), row)
    if elsewhere and not same_client:
        others = ", ".join(f"{it.public_id} ({it.issuer})" for it in elsewhere)
        raise click.ClickException(
            SAME_CLIENT.format(client_id=row.client_id, others=others)
        )


def what_is_approved(row: Registration) -> str:
    """Return who a platform is, and the hosts that are trusted to speak for it."""
    return APPROVED.format(
        issuer=row.issuer,
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
    found = {Origin.of(url) for url in (*named, *(row.learned_origins or ()))}
    hosts = {it.host for it in found if it} - set(row.unproven_hosts or ())
    return ", ".join(sorted(hosts))
