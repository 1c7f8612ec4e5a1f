"""`flask award …`: badges given, listed and taken back by the operator."""

import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from functools import partial
from pathlib import Path

import click
from flask.cli import AppGroup

from gamification.awards.decisions import DecisionRefused, Revocation
from gamification.awards.giving import (
    BY_COMMAND,
    LONGEST_REASON,
    Gift,
    NotGiven,
)
from gamification.awards.history import AwardPage, AwardRow, Wanted, awards_of
from jobs import deciding
from jobs.clock import now
from jobs.importing import Imported, import_awards
from jobs.overview import Overview
from jobs.tables import Unreadable
from models.db import db
from models.texts import can_be_kept, one_line
from views.commands import paging
from views.commands.courses import known_course, of_course, of_tenant, the_course

group = AppGroup("award", help="Badges that people give, and take back.")
LAST_YEAR = 2199


class Words(click.ParamType[str]):
    """A reason: one line that a database can keep."""

    name = "text"

    def convert(
        self, value: str, param: click.Parameter | None, ctx: click.Context | None
    ) -> str:
        plain = one_line(value)
        if not plain or len(plain) > LONGEST_REASON or not can_be_kept(plain):
            self.fail(
                f"Please give a reason of at most {LONGEST_REASON} characters.",
                param,
                ctx,
            )
        return plain


@group.command("grant")
@of_course
@of_tenant
@click.option("--user", required=True, help="Our id of the person, or the platform's.")
@click.option("--badge", required=True, help="The badge's key.")
@click.option("--reason", default=None, type=Words(), help="Why, for its owner.")
@click.option(
    "--until", type=click.DateTime(["%Y-%m-%d"]), help="The last day of the award."
)
def grant(
    course: str,
    tenant: str | None,
    reason: str | None,
    until: datetime | None,
    **gift: str,
) -> None:
    """Give somebody a badge, whatever its rule says; who has it keeps what they have."""
    wanted = Gift(user=gift["user"], badge=gift["badge"], reason=reason or "")
    known = known_course(course, tenant)
    outcome = deciding.grant_one(known.context_id, wanted, _day(until))
    if isinstance(outcome, NotGiven):
        raise click.ClickException(str(outcome))
    said = "granted" if outcome.is_new else "had it already"
    click.echo(f"{outcome.public_id} {said}")


@group.command("revoke")
@click.argument("award")
@click.option("--reason", required=True, type=Words(), help="Why, for its owner.")
@click.option("--no-bar", is_flag=True, help="Its rule may give it again at once.")
def revoke(award: str, reason: str, *, no_bar: bool) -> None:
    """End an award. Its badge is not given again until that is lifted."""
    why = Revocation(reason, bars=not no_bar)
    _decided(award, partial(deciding.revoke_one, award, why), "revoked")


@group.command("lift")
@click.argument("award")
def lift(award: str) -> None:
    """Let the badge of a revoked award be earned and given again."""
    _decided(award, partial(deciding.lift_one, award), "lifted")


@group.command("renew")
@click.argument("award")
@click.option(
    "--until",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Its last day; left out, it lasts for good.",
)
def renew(award: str, until: datetime | None) -> None:
    """Let an award last longer, or end earlier."""
    _decided(award, partial(deciding.renew_one, award, _day(until)), "renewed")


@group.command("list")
@of_course
@of_tenant
@click.option("--user", help="Only this person's: our id.")
@click.option("--badge", help="Only this badge's: its key.")
def list_awards(
    course: str, tenant: str | None, user: str | None, badge: str | None
) -> None:
    """One line per award, the newest first: id, state, badge, person, days, reason."""
    context_id = the_course(course, tenant).id

    def page(after: str | None) -> AwardPage:
        wanted = Wanted(user=user, badge=badge, after=after, limit=paging.SIZE)
        return awards_of(db.session(), context_id, now(), wanted)

    for row in paging.every(page):
        click.echo(_line(row))


@group.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@of_course
@of_tenant
@click.option("--dry-run", is_flag=True, help="Tell what would be done.")
def import_file(file: Path, course: str, tenant: str | None, *, dry_run: bool) -> None:
    """Give the badges of a CSV file (user,badge,reason); exit 1 if rows are wrong."""
    known = known_course(course, tenant)
    by = replace(BY_COMMAND, origin="import")
    with file.open(encoding="utf-8", errors="replace", newline="") as lines:
        total = sum(1 for _ in lines)
        lines.seek(0)
        bar = click.progressbar(lines, length=total, file=sys.stderr)
        with bar as shown:
            try:
                report = import_awards(known.context_id, shown, by, dry_run=dry_run)
            except Unreadable as error:
                raise click.ClickException(str(error)) from None
    _tell(known, report)


def _tell(known: Overview, report: Imported) -> None:
    for row in report.rows:
        click.echo(f"line {row.line}: {row.reason}")
    if report.refused > len(report.rows):
        click.echo(f"and {report.refused - len(report.rows)} more")
    trial = " (dry run: nothing was written)" if report.dry_run else ""
    counts = f"granted={report.granted} held={report.held} refused={report.refused}"
    click.echo(f"{known.name}: {counts}{trial}")
    if report.refused:
        raise click.exceptions.Exit(1)


def _decided(award: str, decide: Callable[[], bool], said: str) -> None:
    try:
        is_there = decide()
    except DecisionRefused as error:
        raise click.ClickException(str(error)) from None
    if not is_there:
        raise click.ClickException("There is no such award: `flask award list`.")
    click.echo(f"{award} {said}")


def _day(until: datetime | None) -> date | None:
    if until and until.year > LAST_YEAR:
        raise click.BadParameter("that is too far away", param_hint="--until")
    return until.date() if until else None


def _line(row: AwardRow) -> str:
    until = f" until {row.expires_at:%Y-%m-%d}" if row.expires_at else ""
    why = row.end_reason or row.evidence.get("reason") or ""
    bar = " barred" if row.barred else ""
    return (
        f"{row.id} {row.state}{bar} {row.badge} {row.user_id} {row.name} "
        f"{row.granted_at:%Y-%m-%d}{until} {why}"
    ).rstrip()
