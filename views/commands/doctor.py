"""`flask doctor`: which platforms answer as they must, and what to mend."""

import sys

import click
from flask.cli import with_appcontext

from jobs.doctor import Finding, examine, patients


@click.command("doctor")
@click.option("--registration", help="Only this platform; `flask platform list`.")
@with_appcontext
def command(registration: str | None) -> None:
    """Try each platform's keys, token, roster and grades; exit 1 if one fails."""
    found = patients(registration)
    if registration is not None and not found:
        raise click.ClickException(
            f"There is no registration {registration}; `flask platform list` shows them."
        )
    reports = {}
    with click.progressbar(found, label="Asking", file=sys.stderr) as asked:
        for row, name in asked:
            reports[name] = examine(row)
    for name, findings in reports.items():
        click.echo(name)
        for finding in findings:
            click.echo(_line(finding))
    failed = sum(any(not one.ok for one in report) for report in reports.values())
    if failed:
        raise click.ClickException(f"{failed} of {len(reports)} need a look.")
    click.echo(f"{len(reports)} asked, nothing to mend.")


def _line(finding: Finding) -> str:
    outcome = f"ok, {finding.said}" if finding.ok else f"MEND: {finding.said}"
    return f"  {finding.check:<7} {outcome}"
