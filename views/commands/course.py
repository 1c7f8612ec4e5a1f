"""`flask course …`: a course's settings, badges, activities and people."""

from collections.abc import Callable
from pathlib import Path

import click
from flask.cli import AppGroup
from pydantic import ValidationError

from gamification.activity.item_sets import item_sets_of
from gamification.activity.items import ItemPage, items_of
from gamification.awards.giving import BY_COMMAND
from gamification.awards.saving import TooMany
from gamification.copying.importing import Import
from gamification.copying.outline import outline_of
from gamification.copying.proposals import Decision, decide
from gamification.copying.reading import BadFile
from gamification.copying.sources import sources_for_operator
from gamification.copying.writing import to_toml
from gamification.standings import Page, class_list
from gamification.standings.class_list import ClassPage
from jobs.clock import now
from jobs.locking import Locked
from jobs.overview import KnownPage, known_courses
from models import Context
from models.db import db
from models.locks import begin_write
from views.api.changes import lock
from views.api.configuring import Plan, carry_out, parse, plan
from views.api.copying_schemas import LONGEST_SHIFT
from views.api.item_set_schemas import ItemSetsTold
from views.api.making_sets import SetsRefused, make_sets
from views.api.problems import faults_of
from views.api.taking import planned, take
from views.commands import paging
from views.commands.courses import (
    changing,
    of_course,
    of_tenant,
    the_course,
    the_tenant,
)
from views.commands.previewing import document_in

group = AppGroup("course", help="A course's settings, badges, activities and people.")
NOTHING = "Nothing changes: all of it is so already."
NOT_PROPOSED = "It is not proposed, or somebody has decided already."


@group.command("export")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path), required=False)
@of_course
@of_tenant
def export_course(file: Path | None, course: str, tenant: str | None) -> None:
    """Write a course's settings and badges to FILE as TOML, or print them."""
    context = the_course(course, tenant)
    text = to_toml(outline_of(db.session(), context, with_gone=True))
    if file is None:
        click.echo(text, nl=False)
        return
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise click.ClickException(f"{file}: {error.strerror}") from None


@group.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@of_course
@of_tenant
@click.option("--dry-run", is_flag=True, help="Only say what would change.")
def import_course(
    file: Path, course: str, tenant: str | None, *, dry_run: bool
) -> None:
    """Make a course what FILE says, all of it or nothing.

    Exit code 1, with each fault and its line, if the file cannot be used.
    """
    session = db.session()
    try:
        parsed = parse(file.read_bytes())
        begin_write(session)
        context = the_course(course, tenant)
        lock(context)
        planned = plan(context, parsed, BY_COMMAND)
    except BadFile as bad:
        click.echo("\n".join(map(str, bad.faults)), err=True)
        raise click.ClickException(f"{file.name} was not imported.") from None
    except Locked as locked:
        raise click.ClickException(str(locked)) from None
    lines = told(planned)
    _end(lambda: carry_out(context, planned, BY_COMMAND), dry_run=dry_run)
    click.echo("\n".join(lines))


def told(planned: Plan) -> list[str]:
    """Say what changes, and what becomes a draft."""
    return [*planned.changes, *planned.drafts] or [NOTHING]


@group.command("copy")
@click.option("--from", "source", required=True, help="The earlier course's id.")
@click.option("--to", "target", required=True, help="The new course's id.")
@of_tenant
@click.option("--shift-days", type=click.IntRange(-LONGEST_SHIFT, LONGEST_SHIFT))
@click.option("--dry-run", is_flag=True, help="Only say what would come.")
def copy(
    source: str,
    target: str,
    tenant: str | None,
    *,
    shift_days: int | None,
    dry_run: bool,
) -> None:
    """Let a course have an earlier one's badges and settings, and none of its people.

    Days in rules move by --shift-days, else by the distance of the terms' starts.
    Both courses belong to one organisation. The new course is not turned on.
    """
    session = db.session()
    begin_write(session)
    earlier, new = the_course(source, tenant), the_course(target, tenant)
    if earlier.tenant_id != new.tenant_id or earlier.id == new.id:
        raise click.UsageError("Name two courses of the same organisation.")
    try:
        plan_of_copy = planned(earlier, new, shift_days, BY_COMMAND)
    except TooMany as refused:
        raise click.ClickException(str(refused)) from None
    lines = brought(plan_of_copy)
    _end(lambda: _bring(earlier, new, plan_of_copy), dry_run=dry_run)
    click.echo("\n".join(lines))


def _bring(earlier: Context, new: Context, plan_of_copy: Import) -> None:
    """Let an earlier course's rules come; nobody is asked any more whether they do."""
    take(earlier, new, plan_of_copy, BY_COMMAND)
    yes = Decision("accepted", BY_COMMAND.id)
    decide(db.session(), new, earlier, yes, now())


def brought(found: Import) -> list[str]:
    """Say what comes along, and what does not."""
    items = [f"{there.key} is {here.key} here." for there, here in found.mapping]
    said = [*found.changes, *found.drafts, *found.dates, *found.stays]
    return [*said, *items] if said else [NOTHING]


@group.command("list")
@click.option("--tenant", help="Only this organisation's courses.")
def list_courses(tenant: str | None) -> None:
    """One line per course: id (ours), the platform's, organisation, on or off, title."""
    owner = the_tenant(tenant).key if tenant is not None else None

    def page(after: str | None) -> KnownPage:
        return known_courses(db.session(), owner, after=after, limit=paging.SIZE)

    for row in paging.every(page):
        state = "on" if row.is_on else "off"
        words = (row.id, row.lti_id, row.tenant, state, row.title)
        click.echo(" ".join(words).rstrip())


@group.command("sources")
@of_course
@of_tenant
def sources(course: str, tenant: str | None) -> None:
    """One line per course to copy from: id, how many badges are its own, title.

    They are the organisation's other courses with such badges, the newest first.
    `proposed` is the one that this course is a copy of, by its platform.
    """
    for row in sources_for_operator(db.session(), the_course(course, tenant)):
        proposed = " proposed" if row.proposed else ""
        click.echo(f"{row.id} {row.badges}{proposed} {row.title or row.label}".rstrip())


@group.command("dismiss")
@of_course
@click.option("--source", required=True, help="The course that is proposed: its id.")
@of_tenant
def dismiss(course: str, source: str, tenant: str | None) -> None:
    """Say no to the course that is proposed; it can be copied all the same later."""
    session = db.session()
    with changing(course, tenant) as context:
        earlier = the_course(source, context.tenant.key)
        no = Decision("dismissed", BY_COMMAND.id)
        dismissed = decide(session, context, earlier, no, now())
    click.echo("dismissed" if dismissed else NOT_PROPOSED)


@group.command("members")
@of_course
@of_tenant
@click.option("--search", default="", help="Only whose name or alias has this text.")
def members(course: str, tenant: str | None, search: str) -> None:
    """One line per person, by name: id (ours), role, status, points, badges, name."""
    context = the_course(course, tenant)

    def page(after: str | None) -> ClassPage:
        part = Page(after=after, limit=paging.SIZE)
        return class_list(db.session(), context, now(), search=search, page=part)

    for row in paging.every(page):
        words = (row.user_id, row.role, row.status, row.points, row.badges, row.name)
        click.echo(" ".join(map(str, words)).rstrip())


@group.command("items")
@of_course
@of_tenant
def items(course: str, tenant: str | None) -> None:
    """One line per activity, in their order: key, label; `gone` where it is none more.

    Rules and events name the key.
    """
    context_id = the_course(course, tenant).id

    def page(after: str | None) -> ItemPage:
        return items_of(db.session(), context_id, after=after, limit=paging.SIZE)

    for row in paging.every(page):
        gone = " gone" if row.is_gone else ""
        click.echo(f"{row.key}{gone} {row.label}")


@group.command("sets")
@of_course
@of_tenant
@click.option(
    "--from",
    "file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Make those that are made by hand those of this file (TOML or JSON).",
)
def sets(course: str, tenant: str | None, file: Path | None) -> None:
    """One line per module or section: key, kind, source, number of items, label.

    A file is what PUT …/item-sets takes: `sets`, each with `key`, `kind`, `label` and
    `items`. It names all sets that are made by hand; a platform's stay.
    """
    if file is not None:
        _make(document_in(file), course, tenant)
    context = the_course(course, tenant)
    for row in item_sets_of(db.session(), context.id):
        click.echo(f"{row.key} {row.kind} {row.source} {len(row.items)} {row.label}")


def _make(document: object, course: str, tenant: str | None) -> None:
    try:
        with changing(course, tenant) as context:
            make_sets(context, ItemSetsTold.model_validate(document), BY_COMMAND)
    except ValidationError as error:
        raise click.ClickException("; ".join(faults_of(error, "file"))) from None
    except SetsRefused as refused:
        raise click.ClickException(str(refused)) from None


def _end(work: Callable[[], None], *, dry_run: bool) -> None:
    """Do what was planned and commit it, or undo what planning needed."""
    session = db.session()
    if dry_run:
        session.rollback()
        return
    work()
    session.commit()
