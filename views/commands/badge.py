"""`flask badge …`: a course's badges, listed, written and put back by the operator."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
from flask.cli import AppGroup
from pydantic import ValidationError

from gamification.awards.described import badges_listed, describe
from gamification.awards.explaining import explain
from gamification.awards.giving import BY_COMMAND
from gamification.awards.saving import BadgeRefused, Doubted
from gamification.catalog.definitions import KEY
from gamification.catalog.locks import BADGES, is_locked
from gamification.catalog.own import Written, state_of
from jobs import badges
from jobs.clock import now
from jobs.locking import locks_of
from models import Context
from models.db import db
from views.api.criteria import RuleRefused, past_in, rule_or_none
from views.api.problems import faults_of
from views.api.rule_schemas import BadgeChange, BadgeWritten
from views.commands.courses import (
    changing,
    of_course,
    of_tenant,
    of_user,
    the_course,
    the_member,
)
from views.commands.previewing import entries_in
from views.pages import switch_now
from views.whys import why

group = AppGroup("badge", help="A course's badges, as they are written.")
NO_KEY = "it has no key of letters, digits, dots, dashes or underscores"
NO_BADGE = "The course has no such badge; `flask badge list` names them."
NOT_SEEN = (
    "The person has and sees no such badge: `flask badge list` names the course's, and "
    "nobody sees one that is a draft."
)
ANYWAY = "Change the rule, or say --anyway if what is missing will come."
ANYWAY_IN_A_FILE = (
    "Change the rule, save it as a draft, or say anyway = true if what is missing "
    "will come."
)
OFF = (
    "It is off here ({by}), so there is nothing to explain: `flask gamification enable` "
    "switches an organisation or a course on, GAMIFICATION_ENABLED=true the environment."
)

said_anyway = click.option(
    "--anyway",
    is_flag=True,
    help="Use it although nobody can meet its rule for now: what is missing will come.",
)


@group.command("list")
@of_course
@of_tenant
def list_badges(course: str, tenant: str | None) -> None:
    """One line per badge, in their order: key, state, layer and label."""
    for badge in badges_listed(db.session(), the_course(course, tenant).id):
        click.echo(f"{badge.key} {badge.state} {badge.origin} {badge.label}")


@group.command("show")
@click.argument("key")
@of_course
@of_tenant
def show(key: str, course: str, tenant: str | None) -> None:
    """Print a badge as JSON: its rule as written, its versions, what makes no sense."""
    context = the_course(course, tenant)
    found = describe(db.session(), context, key, now())
    if found is None:
        raise click.ClickException(NO_BADGE)
    locked = is_locked(locks_of(context), f"{BADGES}.{key}")
    said = BadgeWritten.model_validate({**vars(found), "locked": locked})
    click.echo(json.dumps(said.model_dump(mode="json"), indent=2, ensure_ascii=False))


@group.command("why")
@click.argument("key")
@of_course
@of_user
@of_tenant
def explain_badge(key: str, course: str, user: str, tenant: str | None) -> None:
    """Say why a person has a badge or what is missing, in sentences without a name."""
    context = the_course(course, tenant)
    member, switch = the_member(context, user), switch_now(context)
    if not switch.on:
        raise click.ClickException(OFF.format(by=", ".join(switch.off_by)))
    found = explain(db.session(), member, key, now(), switch=switch)
    if found is None:
        raise click.ClickException(NOT_SEEN)
    click.echo("\n".join(why(found, context.zone)))


@group.command("save")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@of_course
@of_tenant
def save(file: Path, course: str, tenant: str | None) -> None:
    """Make or change the badges of a file (TOML or JSON), each for itself.

    Exit code 1 if a badge was refused.
    """
    refused = 0
    for entry in entries_in(file):
        try:
            said = _saved(entry, course, tenant)
        except Doubted as error:
            refused += 1
            said = f"{_name(entry)}: refused: {error} {ANYWAY_IN_A_FILE}"
        except (BadgeRefused, RuleRefused) as error:
            refused += 1
            said = f"{_name(entry)}: refused: {error}"
        click.echo(said)
    if refused:
        raise click.exceptions.Exit(1)


@group.command("retire")
@click.argument("key")
@of_course
@of_tenant
def retire(key: str, course: str, tenant: str | None) -> None:
    """Let nobody gain a badge any more; who has it keeps it."""
    _become(key, "retired", (course, tenant))


@group.command("hold")
@click.argument("key")
@of_course
@of_tenant
@said_anyway
def hold(key: str, course: str, tenant: str | None, *, anyway: bool) -> None:
    """Let nobody gain or lose a badge until it is resumed."""
    _become(key, "held", (course, tenant), anyway=anyway)


@group.command("resume")
@click.argument("key")
@of_course
@of_tenant
@said_anyway
def resume(key: str, course: str, tenant: str | None, *, anyway: bool) -> None:
    """Let a badge that is held, retired or a draft be earned."""
    _become(key, "active", (course, tenant), anyway=anyway)


@group.command("reset")
@click.argument("key")
@of_course
@of_tenant
def reset(key: str, course: str, tenant: str | None) -> None:
    """Let a badge be again as the organisation's catalog has it."""

    def work(context: Context) -> Written:
        return badges.reset_badge(db.session(), context, key, BY_COMMAND, now())

    _decided(work, course, tenant)


def _become(
    key: str, state: str, course: tuple[str, str | None], *, anyway: bool = False
) -> None:
    def work(context: Context) -> Written:
        session = db.session()
        wish = badges.as_it_is(session, context, key, state)
        wish = replace(wish, anyway=anyway)
        return badges.save_badge(session, context, wish, BY_COMMAND, now())

    _decided(work, *course)


def _decided(
    work: Callable[[Context], Written], course: str, tenant: str | None
) -> None:
    try:
        with changing(course, tenant) as context:
            written = work(context)
        click.echo(_told(written))
    except badges.NoBadge:
        raise click.ClickException(NO_BADGE) from None
    except Doubted as error:
        raise click.ClickException(f"{error} {ANYWAY}") from None
    except BadgeRefused as error:
        raise click.ClickException(str(error)) from None


def _saved(entry: Any, course: str, tenant: str | None) -> str:  # noqa: ANN401 -- whatever the file has
    key = entry.get("key") if isinstance(entry, dict) else None
    if not isinstance(key, str) or not KEY.fullmatch(key):
        raise RuleRefused(NO_KEY)
    try:
        body = BadgeChange.model_validate(entry)
    except ValidationError as error:
        raise RuleRefused("; ".join(faults_of(error))) from None
    wish = badges.wish_from(key, body, rule_or_none(body), past_in(body.past))
    with changing(course, tenant) as context:
        written = badges.save_badge(db.session(), context, wish, BY_COMMAND, now())
    return _told(written)


def _told(written: Written) -> str:
    badge = written.badge
    changed = "" if written.has_changed else ", as it was"
    state = f"{state_of(badge)}, version {written.version.number}{changed}"
    return f"{badge.key}: {state}"


def _name(entry: Any) -> str:  # noqa: ANN401 -- whatever the file has
    key = entry.get("key") if isinstance(entry, dict) else None
    return key if isinstance(key, str) and KEY.fullmatch(key) else "?"
