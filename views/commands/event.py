"""`flask event …`: what learners did, as a file tells it."""

import json
import sys
from typing import Any, TextIO

import click
from flask.cli import AppGroup

from jobs.clock import now
from jobs.intake import BadEvent, Taken, take_in
from jobs.steps import chunks, written
from models import Context
from models.db import db
from views.api.reporting import read
from views.commands.courses import known_course, of_course

CHUNK = 100
"""How many one transaction records: SQLite's other writers wait for it."""
SOURCE = "command"

group = AppGroup("event", help="What learners did, reported by the operator.")


@group.command("post")
@click.argument("file", type=click.File(encoding="utf-8"))
@of_course
def post(file: TextIO, course: str) -> None:
    """Record the events of a JSON file (`-`: standard input), one or a list.

    Each is as `POST …/events` takes it; exit 1 if some are wrong.
    """
    known, rows = known_course(course), list(enumerate(_rows(file)))
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
