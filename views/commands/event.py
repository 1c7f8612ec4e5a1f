"""`flask event …`: what learners did, as a file tells it, and as it is kept."""

import json
import sys
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, TextIO, get_args

import click
from flask.cli import AppGroup

from gamification.activity.log import FactRow, Wanted, log_of
from jobs.clock import now
from jobs.intake import BadEvent, Taken, take_in
from jobs.steps import chunks, written
from models import Context
from models.db import db
from views.api.event_schemas import AnyKind, plain
from views.api.reporting import read
from views.commands.courses import (
    known_course,
    of_course,
    of_tenant,
    the_course,
    the_member,
)

CHUNK = 100
"""How many one transaction records: SQLite's other writers wait for it."""
SOURCE = "command"
PAGE = 200

group = AppGroup("event", help="What learners did, reported and read by the operator.")


@group.command("list")
@of_course
@of_tenant
@click.option("--user", help="Only this person's: our id.")
@click.option("--item", help="Only in this item: its key.")
@click.option("--kind", type=click.Choice(get_args(AnyKind)))
@click.option("--limit", default=50, show_default=True, type=click.IntRange(min=1))
def list_events(
    course: str, tenant: str | None, limit: int, **part: str | None
) -> None:
    """One line per fact of the log, what was recorded last first, without a name.

    When it was done (UTC), whose (our id), kind, status, item (- for none), score,
    seconds, source; `superseded` has had a newer sighting take its place.
    """
    context = the_course(course, tenant)
    user = part["user"]
    if user is not None:
        the_member(context, user)
    wanted = Wanted(user=user, item=part["item"], kind=part["kind"])
    for row in _facts(context.id, wanted, limit):
        click.echo(_line(row))


@group.command("post")
@click.argument("file", type=click.File(encoding="utf-8-sig"))
@of_course
@of_tenant
def post(file: TextIO, course: str, tenant: str | None) -> None:
    """Record the events of a JSON file (`-`: standard input), one or a list.

    Each is as `POST …/events` takes it; exit 1 if some are wrong.
    """
    known = known_course(course, tenant)
    rows = list(enumerate(_rows(file)))
    total, bad = Taken(), []
    bar = click.progressbar(length=len(rows), file=sys.stderr)
    with bar as shown:
        for chunk in chunks(rows, CHUNK):
            taken, refused = _recorded(known.context_id, chunk)
            _add(total, taken)
            bad += refused
            shown.update(len(chunk))
    for one in bad:
        click.echo(f"{one.index}: {one.reason}")
    counts = f"new={total.new} corrected={total.corrected} unchanged={total.unchanged}"
    click.echo(f"{known.name}: {counts} refused={len(bad)} awarded={total.awarded}")
    if bad:
        raise click.exceptions.Exit(1)


def _facts(context_id: int, wanted: Wanted, left: int) -> Iterator[FactRow]:
    """Yield so many facts of the log, read page by page."""
    while left > 0:
        page = min(left, PAGE)
        found = log_of(db.session(), context_id, replace(wanted, limit=page))
        yield from found.rows
        if found.next is None:
            return
        left, wanted = left - page, replace(wanted, after=found.next)


def _line(row: FactRow) -> str:
    moment = f"{row.occurred_at:%Y-%m-%dT%H:%M:%SZ}"
    old = ["superseded"] if row.superseded_at else []
    words = [moment, row.user_id, row.kind, row.status, row.item or "-"]
    return " ".join([*words, *result_of(row), row.source, *old])


def result_of(row: FactRow) -> list[str]:
    """Say the score and the time of a fact, of those it has."""
    maximum = f"/{plain(row.maximum)}" if row.maximum is not None else ""
    score = [] if row.score is None else [f"{plain(row.score)}{maximum}"]
    return [*score, *([] if row.seconds is None else [f"{row.seconds}s"])]


def _rows(file: TextIO) -> list[object]:
    try:
        sent = json.load(file)
    except (ValueError, RecursionError):
        raise click.ClickException(
            "This is not JSON: give one event, or a list of them (docs/api.md)."
        ) from None
    return sent if isinstance(sent, list) else [sent]


def _recorded(context_id: int, chunk: Any) -> tuple[Taken, list[BadEvent]]:  # noqa: ANN401 -- rows of a file
    events, bad = read(chunk)

    def work(context: Context) -> Taken:
        return take_in(db.session(), context, events, now(), source=SOURCE)

    taken = written(db.session(), context_id, work)
    refused = sorted([*bad, *taken.refused], key=lambda one: one.index)
    return taken, refused


def _add(total: Taken, taken: Taken) -> None:
    total.new += taken.new
    total.corrected += taken.corrected
    total.unchanged += taken.unchanged
    total.awarded += taken.awarded
