"""`flask standing …`: a course's board and the lists beside it, by alias alone."""

from collections.abc import Iterable
from typing import Any

import click
from flask.cli import AppGroup
from pydantic import ValidationError

from gamification.standings import (
    Board,
    NoSuchGroup,
    NoSuchLeague,
    NoSuchPeriod,
    Wanted,
)
from gamification.standings.filters import FEWEST
from models import Context
from views.api.leaderboard_schemas import LeaderboardQuery
from views.commands.courses import of_course, of_tenant, the_course
from views.outside import (
    board_for_operator,
    board_from_outside,
    lists_from_outside,
)
from views.pages import switch_now

group = AppGroup("standing", help="A course's leaderboard, by alias alone.")
BAD_PERIOD = (
    "--period takes all, week, month, term, or a past week or month such as 2026-W45 "
    "and 2026-11."
)
NO_GROUP = "--group: the course has no such group; `flask group list` names them."
NO_LEAGUE = (
    "--league takes a league of a --period that is a week, 1 for the most points; that "
    "week has none of this number."
)
SWITCHED_OFF = (
    "It is off here ({by}), and the leaderboard with it: `flask gamification enable` "
    "switches an organisation or a course on, GAMIFICATION_ENABLED=true the environment."
)
NO_BOARD = (
    "The course has no leaderboard: its teachers turn it on in the course's settings."
)
NO_LISTS = (
    "The course has no lists: its teachers turn them on in the course's settings."
)
TOO_FEW = f"Too few people are on it to be shown: it takes at least {FEWEST}."
FEW_LISTED = f"too few to be shown: it takes at least {FEWEST} people"
FEW_TEAMS = f"too few to be shown: it takes at least two teams with {FEWEST} people on the board"


@group.command("board")
@of_course
@of_tenant
@click.option("--period", default="all", help="all, term, week, month or 2026-W47.")
@click.option("--group", "of_group", help="Only this group's people: its id.")
@click.option(
    "--league", type=click.IntRange(1, 100_000), help="Only this league's, of a week."
)
def board(course: str, tenant: str | None, **wanted: Any) -> None:  # noqa: ANN401 -- the options of a board
    """One line per place, the first ones: rank, points, badges, alias.

    It is what a program with an API key reads; no rank (-) where the course shows none.
    A group's or a league's board is what the course's teachers read, by alias.
    """
    context = the_course(course, tenant)
    try:
        found = _board(context, _wanted(**wanted))
    except NoSuchPeriod as error:
        raise click.UsageError(f"--period: {error}.") from None
    except NoSuchGroup:
        raise click.UsageError(NO_GROUP) from None
    except NoSuchLeague:
        raise click.UsageError(NO_LEAGUE) from None
    if found.state == "off":
        click.echo(_why_off(context))
    elif found.state == "too_few":
        click.echo(TOO_FEW)
    for row in found.rows:
        click.echo(f"{row.rank or '-'} {row.points} {row.badges} {row.name}")


@group.command("lists")
@of_course
@of_tenant
def lists(course: str, tenant: str | None) -> None:
    """Say who improves, who is steady, and teams, one line each, by alias.

    Improved: points above one's own mean; steady: active weeks of the last four; teams:
    rank, points for each member.
    """
    context = the_course(course, tenant)
    found = lists_from_outside(context)
    improved, steady, teams = (found[name] for name in ("improved", "steady", "teams"))
    if improved.state == "off":
        click.echo(_why_off(context))
        return
    _tell("improved", (f"{row.more} {row.name}" for row in improved.rows), FEW_LISTED)
    _tell("steady", (f"{row.weeks} {row.name}" for row in steady.rows), FEW_LISTED)
    ranked = (f"{row.rank} {row.points} {row.name}" for row in teams.rows)
    _tell("teams", ranked, FEW_TEAMS)


def _wanted(period: str, of_group: str | None, league: int | None) -> Wanted:
    try:
        asked = LeaderboardQuery(period=period, group=of_group, league=league)
    except ValidationError as error:
        wrong = {one["loc"][0] for one in error.errors()}
        said = BAD_PERIOD if "period" in wrong else NO_GROUP
        raise click.UsageError(said) from None
    return Wanted(**asked.model_dump())


def _board(context: Context, wanted: Wanted) -> Board:
    is_whole = wanted.group is None and wanted.league is None
    return (board_from_outside if is_whole else board_for_operator)(context, wanted)


def _tell(name: str, rows: Iterable[str], too_few: str) -> None:
    told = [f"{name} {row}" for row in rows]
    click.echo("\n".join(told) if told else f"{name}: {too_few}")


def _why_off(context: Context) -> str:
    """Say what is off, from the outside in, and who turns it on."""
    switch = switch_now(context)
    if not switch.on:
        return SWITCHED_OFF.format(by=", ".join(switch.off_by))
    return NO_LISTS if context.board_enabled else NO_BOARD
