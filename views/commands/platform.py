"""`flask platform …`: which platforms may launch us."""

from datetime import datetime
from typing import Any

import click
from flask.cli import AppGroup

from jobs import renewals
from jobs.clock import now
from lti import audit, moving, registrations
from lti.errors import LTIError
from lti.origins import frame_sources
from lti.registration import invitations
from lti.registration.invitations import Terms
from lti.registrations import Details, RegistrationRefused
from lti.rights import short
from models import Registration
from models.db import db
from models.locks import begin_write
from views.commands import deployment
from views.commands.approving import (
    Accepted,
    known,
    next_switch,
    refuse_doubtful,
    refuse_same_client,
    same_client_elsewhere,
    what_is_approved,
)
from views.commands.deployment import day_of
from views.pages import settings

group = AppGroup("platform", help="Which platforms may launch Laurel.")
group.add_command(deployment.group)
same_client_accepted = click.option(
    "--accept-same-client",
    "same_client",
    is_flag=True,
    help="Another platform may know us by the same client id.",
)

PASTED = """\
registration: {id}
  login URL          {url}/lti/login/{id}
  redirect URL       {url}/lti/launch
  key set URL        {url}/lti/jwks.json
  target link URL    {url}/lti/launch
  to copy from       {url}/lti/setup/{id}
  Canvas key JSON    {url}/lti/canvas/{id}.json"""
INVITED = """\
Give this address to the LMS's administrator. It is good once, until {until}:

  {url}/lti/register/{secret}

  Moodle  Site administration > Plugins > Activity modules > External tool >
          Manage tools: paste it as the tool URL, then "Add LTI Advantage"
  Canvas  Admin > Developer Keys > + Developer Key > + LTI Registration:
          paste it as the dynamic registration URL

Nothing is let in by it: the LMS then waits for `flask platform approve`, and a
deployment that it did not name for `flask platform deployment approve`.
By hand instead: {url}/lti/setup and {url}/lti/canvas.json"""
INVITED_INTERNAL = "May lie in a private network: {hosts}"
INVITED_UPDATE = """\
It changes the registration {id} and adds none: its courses and people stay, under
the client id that the LMS makes now, and it waits for approval again."""
NAMESAKES = (
    "Another platform has the same issuer and client id: paste the login URL with "
    "its registration, or neither of the two can be told from the other."
)
RENEWED = "Told. An administrator of the platform may have to accept the change there."


@group.command("add")
@click.option("--tenant", required=True, help="The organisation's key, new or known.")
@click.option("--issuer", required=True, help="The platform's `iss`.")
@click.option("--client-id", required=True)
@click.option("--auth-login-url", required=True, help="The authorization endpoint.")
@click.option("--token-url", required=True)
@click.option("--jwks-url", required=True)
@click.option("--audience", help="The `aud` of token requests, if not the token URL.")
@click.option(
    "--deployment-id",
    "deployments",
    multiple=True,
    help="Let in only this deployment; may be repeated. Without it: any.",
)
@click.option(
    "--frame-origin",
    "frame_origins",
    multiple=True,
    help="Where the platform shows courses, if not at the addresses above.",
)
@click.option("--time-zone", help="A new organisation's zone, if not that of TZ.")
def add(**given: str) -> None:
    """Add a platform; prints its id and the addresses to paste there."""
    session = db.session()
    begin_write(session)
    try:
        added = registrations.add(
            session,
            Details(**given),
            now(),
            development=settings().is_development,
            time_zone=settings().time_zone,
        )
    except RegistrationRefused as refused:
        raise click.ClickException(str(refused)) from None
    public_id, doubled = added.public_id, registrations.namesakes(session, added)
    switch, same = next_switch(added.tenant), same_client_elsewhere(added)
    audit.note(session, "platform_added", now(), registration=added)
    session.commit()
    click.echo(PASTED.format(id=public_id, url=settings().public_url))
    _warn(NAMESAKES if doubled else None, same, switch)


@group.command("invite")
@click.option("--tenant", required=True, help="The organisation's key, new or known.")
@click.option("--days", default=7, show_default=True, help="How long it is good.")
@click.option(
    "--internal-host",
    "internal_hosts",
    multiple=True,
    help="A host of the LMS that may lie in a private network; may be repeated.",
)
@click.option("--update", "updates", help="Change this registration; add none.")
@click.option("--time-zone", help="A new organisation's zone, if not that of TZ.")
def invite(**given: Any) -> None:  # noqa: ANN401 -- click's values
    """Invite a platform to register itself, once; prints the address to paste."""
    session, terms = db.session(), Terms(**given)
    begin_write(session)
    try:
        made, secret = invitations.invite(
            session, terms, now(), time_zone=settings().time_zone
        )
    except RegistrationRefused as refused:
        raise click.ClickException(str(refused)) from None
    audit.note(
        session,
        "platform_invited",
        now(),
        registration=made.registration,
        tenant_id=made.tenant_id,
        **given,
    )
    until = f"{made.expires_at:%d %B %Y, %H:%M} UTC"
    hosts = ", ".join(made.internal_hosts)
    session.commit()
    url = settings().public_url
    click.echo(INVITED.format(url=url, secret=secret, until=until))
    if hosts:
        click.echo(INVITED_INTERNAL.format(hosts=hosts))
    if terms.updates:
        click.echo(INVITED_UPDATE.format(id=terms.updates))


@group.command("renew")
@click.argument("registration")
def renew(registration: str) -> None:
    """Tell a platform what has changed of us, where it lets us (Canvas does)."""
    row = known(registration)
    db.session.commit()
    try:
        renewals.renew(row)
    except (LTIError, ValueError) as error:
        raise click.ClickException(str(error)) from None
    click.echo(RENEWED)


@group.command("list")
def listing() -> None:
    """One line per platform: id, tenant, state, client id, issuer; then what we know.

    Its last launch, how old its keys are here, what its tokens are good for, and who
    may frame us.
    """
    for row in registrations.every(db.session()):
        fields = (row.public_id, row.tenant.key, row.state, row.client_id, row.issuer)
        more = {
            "launched": day_of(row.last_launch_at),
            "keys": _age(row.key_set_fetched_at),
            "scopes": _scopes(row),
            "frames": ",".join(frame_sources(row)),
        }
        known = (f"{name}={value}" for name, value in more.items())
        click.echo(" ".join((*fields, *known)))


@group.command("approve")
@click.argument("registration")
@click.option("--frame-origin", "frame_origins", multiple=True)
@click.option(
    "--accept-hosts",
    "hosts",
    is_flag=True,
    help="The hosts it names elsewhere are its own.",
)
@click.option(
    "--accept-new-client",
    "new_client",
    is_flag=True,
    help="The tool that was made anew is of the same school.",
)
@same_client_accepted
def approve(
    registration: str, frame_origins: tuple[str, ...], **accepted: bool
) -> None:
    """Let a platform launch that waits or was disabled."""
    row = known(registration)
    if row.state != "active":
        refuse_doubtful(row, Accepted(**accepted))
    development = settings().is_development
    try:
        registrations.allow_origins(row, frame_origins, development=development)
    except RegistrationRefused as refused:
        raise click.ClickException(str(refused)) from None
    doubled = registrations.namesakes(db.session(), row)
    click.echo(what_is_approved(row))
    switch = next_switch(row.tenant)
    _set_state(row, "active", origins=list(frame_origins), **accepted)
    _warn(NAMESAKES if doubled else None, switch)


@group.command("move")
@click.argument("registration")
@click.argument("issuer")
@same_client_accepted
def move(registration: str, issuer: str, *, same_client: bool) -> None:
    """Follow a platform whose own address has changed, for instance a Moodle's."""
    row, session = known(registration), db.session()
    development = settings().is_development
    try:
        replaced = moving.move(session, row, issuer, development=development)
    except RegistrationRefused as refused:
        raise click.ClickException(str(refused)) from None
    refuse_same_client(row, accepted=same_client)
    audit.note(session, "platform_moved", now(), registration=row, replaced=replaced)
    moved = what_is_approved(row)
    session.commit()
    click.echo(moved)


@group.command("disable")
@click.argument("registration")
def disable(registration: str) -> None:
    """Stop every launch and every open panel of a platform."""
    _set_state(known(registration), "disabled")


def _set_state(
    row: Registration,
    state: str,
    **details: Any,  # noqa: ANN401 -- whatever JSON can hold
) -> None:
    """Set a platform's state and note by which word: decisions are kept for ever."""
    word = {"active": "platform_approved", "disabled": "platform_disabled"}[state]
    audit.note(db.session(), word, now(), registration=row, was=row.state, **details)
    row.state, public_id = state, row.public_id
    db.session.commit()
    click.echo(f"{public_id} is {state}")


def _warn(*sentences: str | None) -> None:
    for sentence in filter(None, sentences):
        click.echo(sentence, err=True)


def _age(moment: datetime | None) -> str:
    return f"{(now() - moment).days}d" if moment else "never"


def _scopes(row: Registration) -> str:
    """Say what a platform's tokens were good for."""
    if row.granted_scopes is None:
        return "unknown"
    return ",".join(map(short, row.granted_scopes)) or "none"
