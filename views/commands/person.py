"""`flask person …`: users who turn out to be one person, and who need not work when."""

from collections.abc import Callable
from datetime import datetime

import click
from flask.cli import AppGroup
from pydantic import ValidationError

from gamification.awards.giving import BY_COMMAND
from gamification.merging import MergeRefused
from gamification.merging.history import merges_of, take
from gamification.standings.calendar import Rest, excused_of
from jobs import people
from jobs.clock import now
from jobs.customs import decide_excused
from models import PersonMerge
from models.db import db
from models.locks import begin_write, retried
from views.api.problems import faults_of
from views.api.progress_schemas import Excused
from views.commands.courses import (
    changing,
    of_course,
    of_tenant,
    of_user,
    the_member_meant,
    the_tenant,
)

group = AppGroup("person", help="Users that are one person; a person's leave.")
DAY = click.DateTime(["%Y-%m-%d"])
of_whom = click.option("--tenant", help="Only among this organisation's people.")
NEWEST = 200
NO_MERGE = "There is no such merge: `flask person list`."
EITHER = "Say the days with --from and --to, or --clear."


@group.command("merge")
@click.argument("kept")
@click.argument("merged")
@of_whom
def merge(kept: str, merged: str, tenant: str | None) -> None:
    """Let KEPT be who MERGED is, too: what both did is one person's. Our ids.

    Where the LMS made somebody anew, KEPT is usually the older of the two.
    """
    named = people.Named(kept, merged)

    def decide(owner: int | None) -> PersonMerge:
        return people.merge_people(db.session(), owner, named, BY_COMMAND, now())

    _decided(decide, tenant, "merged")


@group.command("unmerge")
@click.argument("merge")
@of_whom
def unmerge(merge: str, tenant: str | None) -> None:
    """Take MERGE back: both are again what they were before it."""

    def decide(owner: int | None) -> PersonMerge:
        row = take(db.session(), owner, merge)
        if row is None:
            raise click.ClickException(NO_MERGE)
        people.part_people(db.session(), row, BY_COMMAND, now())
        return row

    _decided(decide, tenant, "taken back")


@group.command("list")
@of_whom
def list_merges(tenant: str | None) -> None:
    """One line per merge, the newest first: id, state, kept, merged, day."""
    for row in merges_of(db.session(), _owner(tenant), limit=NEWEST).rows:
        day = f"{row.merged_at:%Y-%m-%d}"
        click.echo(f"{row.id} {row.state} {row.kept} {row.merged} {day}")


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

    Tells all of it, one line each; no other learner is told. An id that was given up in
    a merge means who was kept, by whose own id it is told.
    """
    leave = _leave(days["first"], days["last"])
    if clear is (leave is not None):
        raise click.UsageError(EITHER)
    session = db.session()
    with changing(course, tenant) as context:
        member = the_member_meant(context, user)
        whose = member.user.public_id
        rests = [*excused_of(session, member), leave] if leave else []
        rests = sorted(set(_fitting(rests)))
        decide_excused(session, member, rests, BY_COMMAND, now())
    said = [f"{whose} excused {rest.first} {rest.last}" for rest in rests]
    click.echo("\n".join(said) or f"{whose} has no leave")


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


def _decided(
    decide: Callable[[int | None], PersonMerge], tenant: str | None, said: str
) -> None:
    """Do a merge or its reversal with what follows, whole or not at all; say it."""
    session = db.session()

    def whole() -> str:
        begin_write(session)
        row = decide(_owner(tenant))
        session.commit()
        return row.public_id

    session.rollback()
    try:
        click.echo(f"{retried(session, whole)} {said}")
    except MergeRefused as error:
        raise click.ClickException(str(error)) from None
    finally:
        session.rollback()


def _owner(tenant: str | None) -> int | None:
    """Return whose people are meant; None: everybody's."""
    return None if tenant is None else the_tenant(tenant).id
