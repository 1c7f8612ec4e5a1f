"""`flask sync …`: reading rosters and grades from the platforms."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from time import monotonic, sleep
from typing import Any

import click
from flask.cli import AppGroup

from jobs.clock import now
from jobs.freshness import SCORES, SourceFreshness
from jobs.overview import Overview, overview
from jobs.steps import Consent
from jobs.sync import SyncReport, sync_course
from jobs.turns import NotItsTurn
from models.db import db

PATIENCE_SECONDS = 120
"""So long a command waits for its turn: the worker may be reading."""
READ, SENT = ("read", "nothing there"), ("sent", "nothing new")
"""What is done with a source, and what is said when it brought nothing."""
NO_SUCCESS = {"failed": "failed", "running": "is being {}", "never": "was never {}"}

group = AppGroup("sync", help="Rosters and grades from the platforms.")
of_tenant = click.option("--tenant", help="Only this organisation's courses.")
of_course = click.option("--course", help="Only this one: our id, or the platform's.")


@group.command("run")
@of_tenant
@of_course
@click.option(
    "--accept-leavers", is_flag=True, help="Believe it when very many people left."
)
@click.option(
    "--accept-cleared", is_flag=True, help="Believe it when very many scores vanished."
)
def run(
    tenant: str | None,
    course: str | None,
    *,
    accept_leavers: bool,
    accept_cleared: bool,
) -> None:
    """Read every course that is on, now; exit 1 if one could not be read."""
    consent = Consent(leavers=accept_leavers, cleared=accept_cleared)
    chosen = _chosen(tenant, course)
    failed = 0
    for known in chosen:
        report = _read(known.context_id, consent)
        failed += report is None or not report.ok
        for line in _outcome(known, report):
            click.echo(f"{known.name}: {line}")
    if failed:
        raise click.ClickException(f"{failed} of {len(chosen)} courses need a look.")


@group.command("status")
@of_tenant
@of_course
def status(tenant: str | None, course: str | None) -> None:
    """One line per course and source: how fresh, what failed, what to do.

    The scores are those that are sent to a column for badges, where there is one.
    """
    for known in _chosen(tenant, course):
        for line in _state(known):
            click.echo(f"{known.name}: {line}")


def _chosen(tenant: str | None, course: str | None) -> list[Overview]:
    chosen = overview(db.session(), tenant, course)
    db.session.rollback()
    if not chosen:
        raise click.ClickException(
            "There is no such course. A course is known once the tool was opened in it."
        )
    return chosen


def _read(context_id: int, consent: Consent) -> SyncReport | None:
    """Read a course when it is its turn; give up where that does not come."""
    deadline = monotonic() + PATIENCE_SECONDS
    while True:
        try:
            return sync_course(context_id, now_please=True, consent=consent)
        except NotItsTurn:
            if monotonic() >= deadline:
                return None
        sleep(1)


def _outcome(known: Overview, report: SyncReport | None) -> Iterator[str]:
    if report is None:
        yield "the worker reads this course at the moment; try again soon"
    elif known.off_by:
        yield f"off ({', '.join(known.off_by)}), nothing is read"
    elif not report.sources:
        yield "the platform offers neither roster nor grades, or is disabled"
    for source in report.sources if report else ():
        counts = source.tally.as_json()
        outcome = f"{source.error} {_dropped(counts)}" if source.error else ""
        yield f"{source.source} {outcome.strip() or _counted(counts) or READ[1]}"


def _state(known: Overview) -> Iterator[str]:
    if known.off_by:
        yield f"off ({', '.join(known.off_by)}), nothing is read"
        return
    if not known.freshness.sources:
        yield "the platform offers neither roster nor grades"
    sent = [known.scores] if known.scores else []
    for source in (*known.freshness.sources, *sent):
        yield f"{source.source} {_age(source)}. {source.error or ''}".strip()


def _age(source: SourceFreshness) -> str:
    done, nothing = SENT if source.source == SCORES else READ
    if source.succeeded_at is None:
        return NO_SUCCESS[source.state].format(done)
    minutes = (now() - source.succeeded_at) // timedelta(minutes=1)
    since = "; the last try failed" if source.has_failed else ""
    return f"{source.state}, {minutes} min old, {_counted(source.counts) or nothing}{since}"


def _counted(counts: Mapping[str, Any]) -> str:
    """Say what was read or sent, and what was dropped; empty if there was nothing."""
    numbers = [f"{name} {n}" for name, n in counts.items() if isinstance(n, int)]
    return ", ".join([*numbers, *filter(None, [_dropped(counts)])])


def _dropped(counts: Mapping[str, Any]) -> str:
    """Say how many rows were dropped, and of the first ones where they are and why."""
    total, rows = sum(counts.get("dropped", {}).values()), counts.get("rows", [])
    if not total:
        return ""
    more = [f"and {total - len(rows)} more"] if total > len(rows) else []
    return f"dropped {total}: {'; '.join([*rows, *more])}"
