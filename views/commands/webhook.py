"""`flask webhook …`: other programs that are told of an organisation's awards."""

from collections.abc import Callable

import click
from flask.cli import AppGroup

from gamification.awards.giving import BY_COMMAND
from jobs import tellings, webhooks
from jobs.clock import now
from jobs.webhooks import Wanted, WebhookRefused
from models import Delivery, OutboundWebhook
from models.db import db
from models.locks import begin_write, retried
from models.webhooks import TOLD
from views.commands.courses import the_tenant
from views.commands.paging import SIZE, every

group = AppGroup("webhook", help="Other programs that are told of awards.")
of_whom = click.option("--tenant", help="Only among this organisation's.")
NO_WEBHOOK = "There is no such webhook: `flask webhook list`."
NO_DELIVERY = "There is no such delivery: `flask webhook deliveries ID`."
TOLD_ONCE = (
    "The secret is shown this once: give it to the receiver, which verifies by it."
)
BY_HAND = "by the operator"


@group.command("add")
@click.option("--tenant", required=True, help="The organisation's key.")
@click.option("--url", required=True, help="Where to POST: https, at a public address.")
@click.option(
    "--kind",
    "kinds",
    multiple=True,
    type=click.Choice(TOLD),
    help="What it is told of; once for each, and without it of all.",
)
@click.option(
    "--internal-host",
    "internal_hosts",
    multiple=True,
    help="A host that may lie in a private network; may be repeated.",
)
def add(tenant: str, **given: str | tuple[str, ...]) -> None:
    """Let an address be told of awards; prints its id and, this once, its secret."""
    session, wanted = db.session(), Wanted(**given)  # type: ignore[arg-type] # click's values
    session.rollback()
    begin_write(session)
    owner = the_tenant(tenant)
    try:
        made, secret = webhooks.add(session, owner, wanted, BY_COMMAND, now())
    except WebhookRefused as error:
        raise click.ClickException(str(error)) from None
    said = f"{made.public_id} {secret}"
    session.commit()
    click.echo(said)
    click.echo(TOLD_ONCE, err=True)


@group.command("list")
@of_whom
def list_webhooks(tenant: str | None) -> None:
    """One line per webhook, the newest first: id, state, kinds, address."""
    session, owner = db.session(), _owner(tenant)
    for row in every(
        lambda after: webhooks.webhooks_of(session, owner, after=after, limit=SIZE)
    ):
        why = f" ({row.disabled_why})" if row.disabled_why else ""
        click.echo(f"{row.public_id} {row.state}{why} {','.join(row.kinds)} {row.url}")


@group.command("disable")
@click.argument("webhook")
@of_whom
def disable(webhook: str, tenant: str | None) -> None:
    """Tell WEBHOOK nothing from now on; what waits for it waits."""

    def work(row: OutboundWebhook) -> str:
        done = webhooks.disable(db.session(), row, BY_HAND, BY_COMMAND, now())
        return "disabled" if done else "was disabled already"

    _changed(webhook, tenant, work)


@group.command("enable")
@click.argument("webhook")
@of_whom
def enable(webhook: str, tenant: str | None) -> None:
    """Tell WEBHOOK again, first what waited; what happened meanwhile is not told."""

    def work(row: OutboundWebhook) -> str:
        done = webhooks.enable(db.session(), row, BY_COMMAND, now())
        return "enabled" if done else "was enabled already"

    _changed(webhook, tenant, work)


@group.command("remove")
@click.argument("webhook")
@of_whom
def remove(webhook: str, tenant: str | None) -> None:
    """Take WEBHOOK away, with what waits for it and what it was told."""

    def work(row: OutboundWebhook) -> str:
        webhooks.remove(db.session(), row, BY_COMMAND, now())
        return "removed"

    _changed(webhook, tenant, work)


@group.command("test")
@click.argument("webhook")
@of_whom
def test(webhook: str, tenant: str | None) -> None:
    """Send WEBHOOK a `ping` now, and say what came of it; exit code 1 if it failed."""
    told = tellings.ping(db.session(), _known(webhook, tenant))
    if not told.is_taken:
        raise click.ClickException(told.reason)
    click.echo(f"{webhook} answered {told.status}")


@group.command("deliveries")
@click.argument("webhook")
@of_whom
@click.option("--state", type=click.Choice(["waiting", "done", "dead"]))
def deliveries(webhook: str, tenant: str | None, state: str | None) -> None:
    """One line per delivery, the newest first: id, state, attempts, kind, award, day."""
    session, known = db.session(), _known(webhook, tenant)
    for row in every(
        lambda after: tellings.deliveries_of(
            session, known, state=state, after=after, limit=SIZE
        )
    ):
        click.echo(_line(row))


@group.command("retry")
@click.argument("delivery")
@of_whom
def retry(delivery: str, tenant: str | None) -> None:
    """Send DELIVERY anew within a minute, whatever became of it."""
    session = db.session()

    def work(owner: int | None) -> str:
        row = tellings.delivery_of(session, owner, delivery)
        if row is None:
            raise click.ClickException(NO_DELIVERY)
        try:
            tellings.retry(session, row, BY_COMMAND, now())
        except tellings.Disabled as disabled:
            raise click.ClickException(str(disabled)) from None
        return "is sent anew"

    click.echo(f"{delivery} {_whole(tenant, work)}")


def _changed(
    webhook: str, tenant: str | None, work: Callable[[OutboundWebhook], str]
) -> None:
    """Change a webhook as it is now, commit, and say what came of it."""

    def change(owner: int | None) -> str:
        row = webhooks.take(db.session(), owner, webhook)
        if row is None:
            raise click.ClickException(NO_WEBHOOK)
        return work(row)

    click.echo(f"{webhook} {_whole(tenant, change)}")


def _whole(tenant: str | None, work: Callable[[int | None], str]) -> str:
    session = db.session()

    def whole() -> str:
        begin_write(session)
        said = work(_owner(tenant))
        session.commit()
        return said

    session.rollback()
    try:
        return retried(session, whole)
    finally:
        session.rollback()


def _known(webhook: str, tenant: str | None) -> OutboundWebhook:
    found = webhooks.webhook_of(db.session(), _owner(tenant), webhook)
    if found is None:
        raise click.ClickException(NO_WEBHOOK)
    return found


def _owner(tenant: str | None) -> int | None:
    """Return whose webhooks are meant; None: everybody's."""
    return None if tenant is None else the_tenant(tenant).id


def _line(row: Delivery) -> str:
    said = row.reason or ""
    day, award = row.occurred_at, row.body["award"]
    return (
        f"{row.public_id} {row.state} {row.attempts} {row.kind} {award} "
        f"{day:%Y-%m-%d} {said}"
    ).rstrip()
