"""`flask person …`: users who are one person, and were not known as one."""

from collections.abc import Callable

import click
from flask.cli import AppGroup

from gamification.merging import MergeRefused
from jobs import people
from models.db import db

group = AppGroup("person", help="Users that turn out to be one person.")


@group.command("merge")
@click.argument("kept")
@click.argument("merged")
def merge(kept: str, merged: str) -> None:
    """Let KEPT be who MERGED is, too: what both did is one person's. Our ids.

    Where the LMS made somebody anew, KEPT is usually the older of the two.
    """
    _decided(lambda: people.merge_people(kept, merged), "merged")


@group.command("unmerge")
@click.argument("merge")
def unmerge(merge: str) -> None:
    """Take MERGE back: both are again what they were before it."""
    _decided(lambda: people.part_people(merge), "taken back")


@group.command("list")
def list_merges() -> None:
    """One line per merge, the newest first: id, state, kept, merged, day."""
    for row in people.merges(db.session()):
        state = "taken_back" if row.reversed_at else "merged"
        day = f"{row.merged_at:%Y-%m-%d}"
        click.echo(f"{row.id} {state} {row.kept} {row.merged} {day}")


def _decided(decide: Callable[[], str], said: str) -> None:
    try:
        click.echo(f"{decide()} {said}")
    except MergeRefused as error:
        raise click.ClickException(str(error)) from None
