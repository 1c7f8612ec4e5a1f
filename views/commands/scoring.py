"""`flask scoring …`: what facts are worth in a course."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import click
from flask.cli import AppGroup

from gamification.activity.weighing import WeightRefused
from gamification.awards.giving import BY_COMMAND
from gamification.awards.remaking import Counted
from gamification.metrics.weights import PAID, Worth, newest
from jobs import scoring
from jobs.clock import now
from models import Context
from models.db import db
from models.locks import begin_write
from views.api.scoring_schemas import LARGEST_CAP, MOST, millionths, points_said
from views.commands.courses import changing, of_course, of_tenant, the_course
from views.wording import counted

Command = Callable[..., Any]

group = AppGroup("scoring", help="What facts are worth in a course.")


class Points(click.ParamType[int]):
    """Points, as a person writes them; millionths to us."""

    name = "points"

    def __init__(self, most: int) -> None:
        self._most = most

    def convert(
        self, value: str, param: click.Parameter | None, ctx: click.Context | None
    ) -> int:
        try:
            return millionths(value, self._most)
        except ValueError as error:
            self.fail(f"{error}.", param, ctx)


def _one_weight(command: Command) -> Command:
    """Let a command take one weight."""
    for option in (
        click.option("--from", "since", type=click.DateTime(["%Y-%m-%d"])),
        click.option("--daily-cap", type=Points(LARGEST_CAP), help="Points a day."),
        click.option("--item", help="The key of the one item it is for."),
        click.option("--weight", required=True, type=Points(MOST), help="In points."),
        click.option("--kind", required=True, type=click.Choice(PAID)),
    ):
        command = option(command)
    return command


@group.command("show")
@of_course
@of_tenant
def show(course: str, tenant: str | None) -> None:
    """One line per weight: kind, item, points, cap of a day, first day."""
    context = the_course(course, tenant)
    version, worths = newest(db.session(), context.id)
    click.echo(f"version {version}" if version else "as shipped")
    for worth in worths:
        click.echo(_line(worth))


@group.command("set")
@of_course
@of_tenant
@_one_weight
def set_weight(course: str, tenant: str | None, **named: Any) -> None:  # noqa: ANN401 -- the options of a weight
    """Let a kind, or a kind in one item, be worth something else.

    The course is counted anew by the worker, soon.
    """
    try:
        with changing(course, tenant) as context:
            worths = [_worth(context, **named)]
            has_changed = scoring.save_scoring(
                db.session(), context, worths, BY_COMMAND, now()
            )
    except WeightRefused as refused:
        raise click.ClickException(str(refused)) from None
    click.echo(
        "saved; the worker counts the course anew" if has_changed else "as it was"
    )


@group.command("preview")
@of_course
@of_tenant
@_one_weight
def preview(course: str, tenant: str | None, **named: Any) -> None:  # noqa: ANN401 -- the options of a weight
    """Tell whose points and badges a weight would change; nothing is written.

    The course is locked meanwhile: a large one takes its time.
    """
    session = db.session()
    begin_write(session)
    context = the_course(course, tenant)
    try:
        effect = scoring.preview_scoring(
            session, context, [_worth(context, **named)], now(), most=None
        )
    except WeightRefused as refused:
        raise click.ClickException(str(refused)) from None
    people = counted(effect.people, "person")
    click.echo(
        f"{people} with other points: {effect.up} up, {effect.down} down, "
        f"{points_said(effect.most)} at most"
    )
    for sign, badges in (("+", effect.gains), ("-", effect.losses)):
        for one in badges:
            click.echo(_change(sign, one))


def _worth(context: Context, since: datetime | None, **named: Any) -> Worth:  # noqa: ANN401 -- the options of a weight
    """Return the weight that was typed; a day begins where the course is."""
    began = since.replace(tzinfo=ZoneInfo(context.zone)) if since else None
    return Worth(points=named.pop("weight"), effective_from=began, **named)


def _line(worth: Worth) -> str:
    where = f" in {worth.item}" if worth.item else ""
    cap = worth.daily_cap
    most = "" if cap is None else f", {points_said(cap)} a day at most"
    since = f", from {worth.effective_from:%Y-%m-%d}" if worth.effective_from else ""
    return f"{worth.kind}{where}: {points_said(worth.points)}{most}{since}"


def _change(sign: str, one: Counted) -> str:
    return f"  {one.badge} {sign}{one.people}"
