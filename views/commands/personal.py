"""`flask person show`, `data` and `history`: what a person reads of themself."""

from collections.abc import Iterator
from itertools import islice

import click
from flask.cli import with_appcontext

from gamification.activity.history import Happened, HistoryPage, history_of
from gamification.awards import badges_for
from gamification.standings.bests import shown
from gamification.standings.calendar import excused_of
from gamification.standings.mine import percentile_of
from gamification.standings.progress import MyProgress, my_progress
from jobs.clock import now
from models import Membership
from models.db import db
from views.api.own import data_of
from views.commands import paging
from views.commands.courses import (
    of_course,
    of_tenant,
    of_user,
    the_course,
    the_member,
)
from views.commands.event import result_of
from views.pages import switch_now

MOMENT = "%Y-%m-%dT%H:%M:%SZ"
SWITCHED_OFF = (
    "It is off here ({by}), so nothing is told of anybody: `flask gamification enable` "
    "switches an organisation or a course on, GAMIFICATION_ENABLED=true the environment."
)


@click.command("show")
@of_course
@of_user
@of_tenant
@with_appcontext
def show(course: str, user: str, tenant: str | None) -> None:
    """Say how a person comes along, without a name: one line per figure.

    It is what they read of themself (points, level, milestones, bests, steadiness,
    badges), with their leave; nobody else is in it, but for the percentile.
    """
    context = the_course(course, tenant)
    member = the_member(context, user)
    switch = switch_now(context)
    if not switch.on:
        click.echo(SWITCHED_OFF.format(by=", ".join(switch.off_by)))
        return
    for line in _figures(member):
        click.echo(line)


@click.command("data")
@of_course
@of_user
@of_tenant
@with_appcontext
def data(course: str, user: str, tenant: str | None) -> None:
    """Print everything that is kept about a person in a course, as JSON.

    It is what they get of themself, to be handed to them alone: their name is in it.
    """
    member = the_member(the_course(course, tenant), user)
    click.echo(data_of(member).model_dump_json(indent=2))


@click.command("history")
@of_course
@of_user
@of_tenant
@click.option("--limit", default=50, show_default=True, type=click.IntRange(min=1))
@with_appcontext
def history(course: str, user: str, tenant: str | None, limit: int) -> None:
    """One line for all a person did and was awarded, the newest first, without a name.

    When (UTC), then of what was done its kind, status, item (- for none), score and
    seconds, as they count now; of an award the badge and what has become of it.
    """
    member = the_member(the_course(course, tenant), user)

    def page(after: str | None) -> HistoryPage:
        part = min(limit, paging.SIZE)
        return history_of(db.session(), member, now(), after=after, limit=part)

    for row in islice(paging.every(page), limit):
        click.echo(_happened(row))


def _figures(member: Membership) -> Iterator[str]:
    session, moment, context = db.session(), now(), member.context
    yield from _told(my_progress(session, member, moment))
    if context.board_enabled:
        percentile = percentile_of(session, member)
        yield from [] if percentile is None else [f"percentile {percentile}"]
    roster = badges_for(session, member, moment, switch=switch_now(context))
    yield from (f"badge {badge.key}" for badge in roster.badges if badge.earned)
    for rest in excused_of(session, member):
        yield f"excused {rest.first} {rest.last}"


def _told(mine: MyProgress) -> Iterator[str]:
    """Say a person's progress, figure by figure; what there is not is left out."""
    yield f"points {mine.standing.points}"
    yield f"events {mine.standing.events}"
    yield f"completed {mine.items_done} of {mine.items}"
    yield f"this_week {mine.week.this_week}"
    if mine.week.best_week:
        yield f"best_week {mine.week.best} {mine.week.best_week}"
    yield f"level {mine.level.number}"
    if mine.level.points_needed is not None:
        yield f"next_level_needs {mine.level.points_needed}"
    for one in mine.reached:
        yield f"milestone {one.kind} {one.value} {one.reached_at:{MOMENT}}"
    for ahead in mine.ahead:
        yield f"next {ahead.kind} {ahead.value} missing {ahead.missing}"
    if "result" in mine.bests:
        percent = shown("result", mine.bests["result"])
        yield f"best_result {percent} {mine.best_item}".rstrip()
    if "run" in mine.bests:
        yield f"best_run {shown('run', mine.bests['run'])}"
    yield f"active_weeks {mine.steadiness.active_weeks} of {mine.steadiness.of_weeks}"
    yield f"run {mine.steadiness.run}"


def _happened(row: Happened) -> str:
    at = f"{row.at:{MOMENT}}"
    if row.event is not None:
        fact = row.event
        words = [at, fact.kind, fact.status, fact.item or "-", *result_of(fact)]
        return " ".join(words)
    if row.award is not None:
        return f"{at} award {row.award.badge} {row.award.state}"
    return at
