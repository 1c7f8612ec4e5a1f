"""`flask gamification …`: the switches, and the nightly look at any time."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any, ParamSpec
from zoneinfo import ZoneInfo

import click
from flask.cli import AppGroup

from gamification.awards import courses_on
from gamification.awards.remaking import Policy
from gamification.standings import Digest, NoSuchPeriod, Weeks, digests
from gamification.standings.digest import MOST_WEEKS
from gamification.switches import (
    NotFound,
    Switch,
    get_course,
    get_tenant,
    switch_of,
    switch_of_tenant,
)
from jobs.awards import Outcome, Scope, recompute_all
from jobs.clock import now
from jobs.sync import request_sync
from models import Context, Tenant
from models.db import db
from models.locks import begin_write
from views.pages import settings

P = ParamSpec("P")

group = AppGroup("gamification", help="Badges and boards: on, off, and up to date.")
of_tenant = click.option("--tenant", required=True, help="The organisation's key.")
of_course = click.option("--course", help="One course: our id, or the platform's.")

ENVIRONMENT_OFF = "The operator's switch is off: set GAMIFICATION_ENABLED=true."
NO_COURSE_ON = (
    "No course is on yet. Each one's teacher turns it on, or you do with --course."
)


def _explained(command: Callable[P, None]) -> Callable[P, None]:
    """Turn what is not there into a sentence and exit code 2."""

    @wraps(command)
    def explained(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            command(*args, **kwargs)
        except NotFound as missing:
            raise click.UsageError(str(missing)) from None

    return explained


@group.command("enable")
@of_tenant
@of_course
@_explained
def enable(tenant: str, course: str | None) -> None:
    """Switch an organisation on, or one course of it, and its organisation with it."""
    session = db.session()
    begin_write(session)
    owner = get_tenant(session, tenant)
    context = get_course(session, owner, course) if course else None
    context_id = context.id if context else None
    if context is None or not owner.enabled:
        click.echo(f"[{tenant}] on")
    owner.enabled = True
    if context:
        context.enabled = True
        request_sync(session, context, now(), now_please=True)
        click.echo(f"[{tenant}] {_name(context)} on")
    none_is_on = switch_of_tenant(session, owner, environment=True).off_by
    session.commit()
    if none_is_on and settings().gamification_enabled:
        click.echo(f"[{tenant}] {NO_COURSE_ON}")
    else:
        _recompute(Scope(tenant, context_id))


@group.command("disable")
@of_tenant
@of_course
@_explained
def disable(tenant: str, course: str | None) -> None:
    """Switch an organisation off, or one course of it; nothing is deleted."""
    session = db.session()
    begin_write(session)
    owner = get_tenant(session, tenant)
    if course:
        context = get_course(session, owner, course)
        context.enabled = False
        click.echo(f"[{tenant}] {_name(context)} off")
    else:
        owner.enabled = False
        click.echo(f"[{tenant}] off")
    session.commit()


@group.command("recompute")
@click.option("--tenant", help="Only this organisation.")
@of_course
@click.option("--dry-run", is_flag=True, help="Tell what would be awarded.")
@click.option(
    "--from", "since", type=click.DateTime(["%Y-%m-%d"]), help="Facts count from then."
)
@click.option(
    "--unmet",
    type=click.Choice(["keep", "revoke"]),
    help="End, too, what the rules do not justify.",
)
@click.option("--notify", is_flag=True, help="Tell who gains and who loses one.")
@_explained
def recompute(
    tenant: str | None,
    course: str | None,
    *,
    dry_run: bool,
    **past: Any,  # noqa: ANN401 -- the options of a policy
) -> None:
    """Award what is earned and missing; safe at any time.

    For one course it may be said what becomes of the past: from when facts count,
    whether awards end that no rule justifies, and whether anybody is told.
    """
    session = db.session()
    owner = get_tenant(session, tenant) if tenant else None
    if course and not owner:
        raise click.UsageError("--course needs --tenant: its courses are looked up.")
    context = get_course(session, owner, course) if owner and course else None
    if any(past.values()) and context is None:
        raise click.UsageError("--from, --unmet and --notify are for one --course.")
    policy = _policy(context, **past) if context else None
    scope = Scope(tenant, context.id if context else None, dry_run, policy)
    session.rollback()
    _recompute(scope)


def _policy(
    context: Context, since: datetime | None, unmet: str | None, *, notify: bool
) -> Policy:
    """Return what was typed of the past; a day begins where the course is."""
    began = since.replace(tzinfo=ZoneInfo(context.zone)) if since else None
    return Policy(since=began, unmet=unmet or "keep", notify=notify)


@group.command("digest")
@of_tenant
@of_course
@click.option(
    "--weeks", default=1, type=click.IntRange(1, MOST_WEEKS), help="So many in a row."
)
@click.option("--until", help="The last of them, 2026-W45; else the running one.")
@_explained
def weekly(tenant: str, course: str | None, weeks: int, until: str | None) -> None:
    """Tell each course's week so far in a few lines, without a name, or earlier ones."""
    wanted = Weeks(weeks, until)
    if not settings().gamification_enabled:
        click.echo(f"{ENVIRONMENT_OFF} There is no digest.")
        return
    owner = get_tenant(db.session(), tenant)
    if off_by := _why_off(owner, course):
        click.echo(f"[{tenant}] off ({', '.join(off_by)}): there is no digest")
        return
    for context in _courses(owner, course):
        for week in _weeks(context, wanted):
            click.echo(f"[{tenant}] {_name(context)}, {_week(week)}")


def _courses(owner: Tenant, course: str | None) -> list[Context]:
    session = db.session()
    if course:
        return [get_course(session, owner, course)]
    known = courses_on(session, owner, environment=True)
    return [session.get_one(Context, course_id) for course_id in known]


def _why_off(owner: Tenant, course: str | None) -> tuple[str, ...]:
    session = db.session()
    if course:
        return switch_of(get_course(session, owner, course), environment=True).off_by
    return switch_of_tenant(session, owner, environment=True).off_by


def _weeks(context: Context, wanted: Weeks) -> list[Digest]:
    switch = switch_of(context, environment=True)
    try:
        return digests(db.session(), context, now(), switch=switch, weeks=wanted)
    except NoSuchPeriod as error:
        raise click.UsageError(f"--until: {error}.") from None


def _week(week: Digest) -> str:
    """Say a week in one line, and a line for each badge."""
    kinds = "".join(f" {kind}={number}" for kind, number in week.facts.items())
    head = (
        f"{week.week}{' (break)' if week.is_free else ''}: "
        f"contributors={week.contributors} events={week.events} "
        f"points={week.points} people_with_a_new_badge={week.people}{kinds}"
    )
    badges = [f"  {one.icon} {one.label} {one.awards}" for one in week.badges]
    return "\n".join([head, *badges])


def _recompute(scope: Scope) -> None:
    """Recompute and say what came of it, or which switch is off; exit 1 on faults."""
    if not settings().gamification_enabled:
        click.echo(f"{ENVIRONMENT_OFF} Nothing was recomputed.")
        return
    failed = 0
    for outcome in recompute_all(scope):
        click.echo(f"[{outcome.tenant}] {_told(outcome, scope)}")
        if scope.policy and scope.is_trial:
            click.echo("".join(_by_badge(outcome)), nl=False)
        if outcome.failed:
            courses = "1 course" if outcome.failed == 1 else f"{outcome.failed} courses"
            click.echo(
                f"[{outcome.tenant}] {courses} could not be recomputed", err=True
            )
        failed += outcome.failed
    if failed:
        raise click.ClickException("The log says what went wrong, course by course.")


def _told(outcome: Outcome, scope: Scope) -> str:
    if off_by := _switch(outcome.tenant, scope).off_by:
        return f"off ({', '.join(off_by)}): nothing was recomputed"
    trial = " (dry run: nothing was written)" if scope.is_trial else ""
    found = outcome.found
    ended = ""
    if scope.policy and scope.policy.unmet == "revoke":
        ended = f" badges_ended={sum(one.people for one in outcome.losses)}"
    counts = f"contributors={found.contributors} badges_awarded={found.badges_awarded}"
    return f"{counts}{ended}{trial}"


def _by_badge(outcome: Outcome) -> list[str]:
    """Return a line for each badge that anybody would gain or lose."""
    sides = (("+", outcome.gains), ("-", outcome.losses))
    return [
        f"  {one.badge} {sign}{one.people}\n" for sign, side in sides for one in side
    ]


def _switch(key: str, scope: Scope) -> Switch:
    session = db.session()
    if scope.context_id is None:
        tenant = get_tenant(session, key)
        return switch_of_tenant(session, tenant, environment=True)
    context = session.get_one(Context, scope.context_id)
    return switch_of(context, environment=True)


def _name(context: Context) -> str:
    return f"{context.public_id} {context.title or context.lti_id}"
