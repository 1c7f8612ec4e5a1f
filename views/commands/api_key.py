"""`flask api-key …`: what lets programs in, by organisation."""

from datetime import datetime, timedelta

import click
from flask.cli import AppGroup

from jobs import api_keys
from jobs.api_keys import PERMISSIONS, Wanted
from jobs.clock import now
from models import ApiKey
from models.db import db
from models.locks import begin_write
from models.texts import can_be_kept, one_line
from views.commands.courses import the_tenant

group = AppGroup("api-key", help="Keys by which programs use the API.")
of_tenant = click.option("--tenant", required=True, help="The organisation's key.")
lasting = click.option(
    "--days",
    default=365,
    show_default=True,
    type=click.IntRange(1, 1095),
    help="How long the key is good.",
)
LONGEST_NAME = 64
TOLD_ONCE = "It is shown this once: keep it where secrets are kept."


@group.command("create")
@of_tenant
@click.option("--name", required=True, help="What it is for, such as `timetable`.")
@click.option(
    "--permission",
    "permissions",
    required=True,
    multiple=True,
    type=click.Choice(list(PERMISSIONS)),
    help="What it may do; once for each.",
)
@lasting
def create(tenant: str, name: str, permissions: tuple[str, ...], days: int) -> None:
    """Make a key; its secret is shown this once."""
    name = one_line(name)
    if not name or len(name) > LONGEST_NAME or not can_be_kept(name):
        raise click.BadParameter(
            f"please give 1 to {LONGEST_NAME} characters", param_hint="--name"
        )
    begin_write(db.session())
    owner, moment = the_tenant(tenant), now()
    end = moment + timedelta(days=days)
    wanted = Wanted(name=name, permissions=permissions, expires_at=end)
    key, secret = api_keys.create(db.session(), owner, wanted, moment)
    db.session.commit()
    _tell(key, secret)


@group.command("list")
@of_tenant
def list_keys(tenant: str) -> None:
    """One line per key, the newest first: id, state, name, permissions, days."""
    moment = now()
    for key in api_keys.keys_of(db.session(), the_tenant(tenant)):
        click.echo(_line(key, moment))


@group.command("revoke")
@of_tenant
@click.argument("key")
def revoke(tenant: str, key: str) -> None:
    """Let a key open nothing from now on."""
    begin_write(db.session())
    known = _known(tenant, key)
    was_open = api_keys.revoke(db.session(), known, now())
    db.session.commit()
    click.echo(f"{known.public_id} {'revoked' if was_open else 'was over already'}")


@group.command("rotate")
@of_tenant
@click.argument("key")
@lasting
def rotate(tenant: str, key: str, days: int) -> None:
    """Make a key in the place of another, which opens for another day."""
    begin_write(db.session())
    old, moment = _known(tenant, key), now()
    try:
        new, secret = api_keys.rotate(
            db.session(), old, moment + timedelta(days=days), moment
        )
    except ValueError as error:
        raise click.ClickException(str(error)) from None
    db.session.commit()
    _tell(new, secret)
    click.echo(f"{old.public_id} opens until {old.revoked_at:%Y-%m-%d %H:%M} UTC.")


def _known(tenant: str, public_id: str) -> ApiKey:
    found = api_keys.key_of(db.session(), the_tenant(tenant), public_id)
    if found is None:
        raise click.ClickException(
            f"There is no such key: `flask api-key list --tenant {tenant}`."
        )
    return found


def _tell(key: ApiKey, secret: str) -> None:
    click.echo(f"{key.public_id} {secret}")
    click.echo(TOLD_ONCE, err=True)


def _line(key: ApiKey, moment: datetime) -> str:
    used = f"{key.last_used_at:%Y-%m-%d %H}h" if key.last_used_at else "never"
    permissions = ",".join(key.permissions)
    return (
        f"{key.public_id} {_state(key, moment)} {key.name} {permissions} "
        f"until {_end(key):%Y-%m-%d} used {used}"
    )


def _state(key: ApiKey, moment: datetime) -> str:
    if api_keys.is_open(key, moment):
        return "open"
    return "expired" if key.expires_at <= moment else "revoked"


def _end(key: ApiKey) -> datetime:
    return min(key.expires_at, key.revoked_at or key.expires_at)
