"""`flask messages …`: what a course says to its learners."""

import click
from flask.cli import AppGroup

from gamification.awards.giving import BY_COMMAND
from gamification.catalog.messages import (
    EXAMPLES,
    PLACES,
    BadMessage,
    checked,
    render,
)
from jobs import messages
from jobs.clock import now
from models.db import db
from views.commands.courses import changing, of_course, of_tenant, the_course

group = AppGroup("messages", help="What a course says to its learners.")
the_kind = click.argument("kind", type=click.Choice(list(PLACES)))


@group.command("show")
@of_course
@of_tenant
def show(course: str, tenant: str | None) -> None:
    """One line per message: its kind, whose words they are, and the text."""
    context = the_course(course, tenant)
    for one in messages.messages_in(db.session(), context).values():
        click.echo(f"{one.kind} {one.origin} {one.text}")
    if messages.are_locked(context):
        click.echo("The organisation keeps them as they are.")


@group.command("set")
@the_kind
@click.argument("text", required=False)
@of_course
@of_tenant
@click.option("--back", is_flag=True, help="Say again what the organisation says.")
def set_message(
    kind: str, text: str | None, course: str, tenant: str | None, *, back: bool
) -> None:
    """Let learners be told in other words; places are written {badge}."""
    if (text is None) != back:
        raise click.UsageError("Give a text, or --back.")
    session = db.session()
    try:
        with changing(course, tenant) as context:
            messages.decide_messages(session, context, {kind: text}, BY_COMMAND, now())
            said = messages.messages_in(session, context)[kind]
    except BadMessage as bad:
        raise click.ClickException(f"{kind}: {bad}.") from None
    click.echo(f"{said.kind} {said.origin} {said.text}")


@group.command("preview")
@the_kind
@click.argument("text", required=False)
@of_course
@of_tenant
def preview(kind: str, text: str | None, course: str, tenant: str | None) -> None:
    """Print a message as somebody might read it, or how another text would read."""
    context = the_course(course, tenant)
    if text is None:
        text = messages.messages_in(db.session(), context)[kind].text
    try:
        click.echo(render(checked(kind, text), EXAMPLES))
    except BadMessage as bad:
        raise click.ClickException(f"{kind}: {bad}.") from None
