"""`flask audit …`: what was decided, and whether all of it is still there."""

import sys

import click
from flask.cli import AppGroup

from gamification.awards.issuance import MOST_AN_HOUR, doubts
from jobs.audit_log import EntryPage, EntryRow, Wanted, entries_of
from jobs.verifying import Tampered, seals_of
from jobs.verifying import verify as verified
from models.db import db
from views.commands.courses import the_course, the_tenant
from views.commands.paging import SIZE, every

EMPTIED = (
    "Entries without details are in the chain, and nothing of Laurel takes any out: "
    "somebody wrote to the database past it."
)
ABOUT = ("award", "code", "badge", "key", "merge", "user", "deployment")
"""What an entry may be about, by its id."""

group = AppGroup("audit", help="What was decided, and whether it is as it was noted.")
of_tenant = click.option("--tenant", help="Only this organisation's.")


@group.command("verify")
@click.option("--head", help="A head that was printed before, and kept elsewhere.")
def verify(head: str | None) -> None:
    """Follow the chain of decisions from its beginning; exit 1 where it breaks.

    Only a --head that was kept elsewhere shows that the end was cut off, or that all
    was written anew: the chain now must hold it.
    """
    session = db.session()
    bar = click.progressbar(length=seals_of(session), file=sys.stderr)
    try:
        with bar as shown:
            found = verified(session, head, shown.update)
    except Tampered as tampered:
        raise click.ClickException(str(tampered)) from None
    erased = f" erased={found.erased}" if found.erased else ""
    counts = f"sealed={found.sealed} unsealed={found.unsealed}{erased}"
    click.echo(f"{counts} head={found.head}")
    if found.erased:
        raise click.ClickException(EMPTIED)


@group.command("check")
@of_tenant
@click.option(
    "--most",
    default=MOST_AN_HOUR,
    show_default=True,
    type=click.IntRange(min=1),
    help="So many awards may one person or program give in a course within an hour.",
)
def check(tenant: str | None, most: int) -> None:
    """Name awards that came about as none should; exit 1 if there is any.

    By people, and the audit does not have them; noted, and not there; two at once;
    granted before their badge or their owner was there; very many by one giver.
    """
    owner = None if tenant is None else the_tenant(tenant).id
    count = 0
    for doubt in doubts(db.session(), owner, most=most):
        click.echo(f"[{doubt.tenant}] {doubt.course}: {doubt.what}")
        count += 1
    if count:
        raise click.ClickException(f"{count} to look at.")
    click.echo("Nothing to look at.")


@group.command("list")
@of_tenant
@click.option("--course", help="Only this one's: our id, or the platform's.")
@click.option("--action", help="Only these: award_granted, settings_changed, …")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(min=1))
def list_entries(
    tenant: str | None, course: str | None, action: str | None, limit: int
) -> None:
    """One line per entry, the newest first, by ids alone; - for none.

    When (UTC), what, organisation, course, by whom, place in the chain, about what.
    """
    owner = None if tenant is None else the_tenant(tenant).id
    context = None if course is None else the_course(course, tenant).id

    def page(after: str | None) -> EntryPage:
        wanted = Wanted(
            tenant_id=owner,
            context_id=context,
            action=action,
            with_refusals=True,
            after=after,
            limit=min(limit, SIZE),
        )
        return entries_of(db.session(), wanted)

    for _, row in zip(range(limit), every(page), strict=False):
        click.echo(_line(row))


def _line(row: EntryRow) -> str:
    moment = f"{row.happened_at:%Y-%m-%dT%H:%M:%SZ}"
    words = (row.tenant, row.course, row.by, row.position)
    about = [f"{name}={row.details[name]}" for name in ABOUT if name in row.details]
    told = ["-" if one is None else str(one) for one in words]
    return " ".join([moment, row.action, *told, *about])
