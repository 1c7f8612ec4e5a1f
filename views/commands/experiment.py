"""`flask experiment …`: what a course compares, made, begun and ended by the operator."""

import json
from collections.abc import Callable, Mapping, Sequence

import click
from flask.cli import AppGroup

from gamification.awards.giving import BY_COMMAND
from gamification.catalog.definitions import KEY
from gamification.experiments import Described, ExperimentRefused, Wish, experiments_of
from gamification.experiments.planning import KINDS
from jobs import experiments
from jobs.clock import now
from models import Context
from models.db import db
from views.api.experiment_schemas import Experiment
from views.commands.courses import changing, of_course, of_tenant, the_course

group = AppGroup("experiment", help="Which of a few forms a course's people see.")
the_key = click.argument("key")
NO_EXPERIMENT = "The course has no such experiment; `flask experiment list` names them."
BAD_KEY = (
    "takes 1 to 64 letters, digits, dots, dashes or underscores, the first of them a "
    "letter or digit."
)


class Share(click.ParamType[tuple[str, int]]):
    """A variant and its weight, as a person writes them."""

    name = "variant=weight"

    def convert(
        self, value: str, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, int]:
        key, _, weight = value.rpartition("=")
        if not (weight.isascii() and weight.isdigit() and len(weight) < 4):
            self.fail(f"{value} is no variant with its weight, as in a=50.", param, ctx)
        return _key_of(key, "A variant"), int(weight)


@group.command("list")
@of_course
@of_tenant
def list_experiments(course: str, tenant: str | None) -> None:
    """One line per experiment: key, state, kind, variants with their weights."""
    for found in experiments_of(db.session(), the_course(course, tenant).id):
        click.echo(_line(found, found.variants))


@group.command("show")
@the_key
@of_course
@of_tenant
def show(key: str, course: str, tenant: str | None) -> None:
    """Print an experiment as JSON, with how many people each variant has."""
    for found in experiments_of(db.session(), the_course(course, tenant).id, key):
        said = Experiment.model_validate(found).model_dump(mode="json")
        click.echo(json.dumps(said, indent=2))
        return
    raise click.ClickException(NO_EXPERIMENT)


@group.command("save")
@the_key
@of_course
@of_tenant
@click.option("--kind", required=True, type=click.Choice(KINDS))
@click.option(
    "--variant",
    "shares",
    required=True,
    multiple=True,
    type=Share(),
    help="Such as a=50; all of them.",
)
def save(
    key: str,
    course: str,
    tenant: str | None,
    kind: str,
    shares: Sequence[tuple[str, int]],
) -> None:
    """Make an experiment, which is off, or change one; it stays as on as it is."""
    wish = Wish(_key_of(key, "An experiment"), kind, dict(shares))
    if len(wish.weights) < len(shares):
        raise click.UsageError("--variant names one variant twice.")
    _decided(lambda _: wish, course, tenant)


@group.command("start")
@the_key
@of_course
@of_tenant
def start(key: str, course: str, tenant: str | None) -> None:
    """Assign variants to the learners who look from now on."""
    _become(key, "on", course, tenant)


@group.command("stop")
@the_key
@of_course
@of_tenant
def stop(key: str, course: str, tenant: str | None) -> None:
    """Show everybody the usual until it is started again; who has a variant keeps it."""
    _become(key, "off", course, tenant)


@group.command("end")
@the_key
@of_course
@of_tenant
def end(key: str, course: str, tenant: str | None) -> None:
    """Show everybody the usual for good; what was assigned and seen stays written."""
    _become(key, "ended", course, tenant)


def _become(key: str, state: str, course: str, tenant: str | None) -> None:
    def wish(context: Context) -> Wish:
        return experiments.as_it_is(db.session(), context, key, state)

    _decided(wish, course, tenant)


def _decided(
    wish_in: Callable[[Context], Wish], course: str, tenant: str | None
) -> None:
    """Save what is wished of a course as its one writer, commit it and say it."""
    session = db.session()
    try:
        with changing(course, tenant) as context:
            wish = wish_in(context)
            has_changed = experiments.save_experiment(
                session, context, wish, BY_COMMAND, now()
            )
            saved = experiments.as_it_is(session, context, wish.key)
    except experiments.NoExperiment:
        raise click.ClickException(NO_EXPERIMENT) from None
    except ExperimentRefused as refused:
        raise click.ClickException(f"{refused}.") from None
    line = _line(saved, saved.weights)
    click.echo(line if has_changed else f"{line}, as it was")


def _key_of(written: str, owner: str) -> str:
    if not KEY.fullmatch(written):
        raise click.UsageError(f"{owner}'s key {BAD_KEY}")
    return written


def _line(found: Wish | Described, weights: Mapping[str, int]) -> str:
    shares = " ".join(f"{variant}={weight}" for variant, weight in weights.items())
    return f"{found.key} {found.state} {found.kind} {shares}"
