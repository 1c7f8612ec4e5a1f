"""`flask worker`: does what happens later, and what happens by itself."""

from typing import TYPE_CHECKING, Any, cast

import click
from flask import current_app
from flask.cli import with_appcontext

from jobs.queue import Queue
from jobs.schedule import schedule
from jobs.worker import JOBS
from views.pages import settings

if TYPE_CHECKING:
    from flask import Flask


@click.command("worker")
@click.option("--list", "is_listing", is_flag=True, help="Only print the schedule.")
@with_appcontext
def worker(*, is_listing: bool) -> None:
    """Synchronise courses, award badges and clean up, until stopped."""
    for periodic in schedule(settings()):
        click.echo(f"{periodic.job}: {periodic.when}")
    if not is_listing:
        app: Flask = cast("Any", current_app)._get_current_object()  # noqa: SLF001 -- Flask's documented way
        Queue(app, JOBS).work()
