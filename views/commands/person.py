"""`flask person …`: users who turn out to be one person, and who need not work when."""

from collections.abc import Callable
from datetime import datetime

import click
from flask.cli import AppGroup
from pydantic import ValidationError

from gamification.awards.giving import BY_COMMAND
from gamification.merging import MergeRefused
from gamification.standings.calendar import Rest, excused_of, set_excused
from jobs import people
from jobs.clock import now
from jobs.following import ask_for_all
from models.db import db
from models.locks import begin_write, lock_course
from views.api.problems import faults_of
from views.api.progress_schemas import Excused
from views.commands.courses import (
    of_course,
    of_tenant,
    of_user,
    the_course,
    the_member,
)

group = AppGroup("person", help="Users that are one person; a person's leave.")
DAY = click.DateTime(["%Y-%m-%d"])
EITHER = "Say the days with --from and --to, or --clear."


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


@group.command("excuse")
@of_course
@of_user
@of_tenant
@click.option("--from", "first", type=DAY, help="The first day of their leave.")
@click.option("--to", "last", type=DAY, help="The last one.")
@click.option("--clear", is_flag=True, help="Take all of their leave back.")
def excuse(
    course: str, user: str, tenant: str | None, *, clear: bool, **days: datetime | None
) -> None:
    """Add days to a person's leave, on which they need not work; why is not asked.

    Tells all of it, one line each; no other learner is told.
    """
    leave = _leave(days["first"], days["last"])
    if clear is (leave is not None):
        raise click.UsageError(EITHER)
    session = db.session()
    session.rollback()
    begin_write(session)
    try:
        context = the_course(course, tenant)
        member = the_member(context, user)
        lock_course(session, context.id)
        rests = [*excused_of(session, member), leave] if leave else []
        rests = sorted(set(_fitting(rests)))
        set_excused(session, member, rests, BY_COMMAND.id, now())
        ask_for_all(session, context.id, now())
        session.commit()
    finally:
        session.rollback()
    said = [f"{user} excused {rest.first} {rest.last}" for rest in rests]
    click.echo("\n".join(said) or f"{user} has no leave")


def _leave(first: datetime | None, last: datetime | None) -> Rest | None:
    if first is None and last is None:
        return None
    if first is None or last is None:
        raise click.UsageError(EITHER)
    return Rest(first.date(), last.date())


def _fitting(rests: list[Rest]) -> list[Rest]:
    """Return a person's leave if the API would take it; else end with a sentence."""
    periods = [{"first": rest.first, "last": rest.last} for rest in rests]
    try:
        Excused.model_validate({"periods": periods})
    except ValidationError as error:
        raise click.ClickException("; ".join(faults_of(error))) from None
    return rests


def _decided(decide: Callable[[], str], said: str) -> None:
    try:
        click.echo(f"{decide()} {said}")
    except MergeRefused as error:
        raise click.ClickException(str(error)) from None
