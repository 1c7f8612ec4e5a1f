"""The operator's commands; each is thin and asks the same functions as a page."""

from flask import Flask

from views.commands import (
    award,
    catalog,
    code,
    doctor,
    exchanging,
    gamification,
    keys,
    mcp,
    platform,
    previewing,
    scores,
    sync,
    worker,
)


def register(app: Flask) -> None:
    """Add every command to the application."""
    app.cli.add_command(award.group)
    catalog.group.add_command(exchanging.import_badges)
    catalog.group.add_command(exchanging.export_badges)
    app.cli.add_command(catalog.group)
    app.cli.add_command(code.group)
    app.cli.add_command(doctor.command)
    gamification.group.add_command(previewing.command)
    app.cli.add_command(gamification.group)
    app.cli.add_command(keys.group)
    app.cli.add_command(mcp.command)
    app.cli.add_command(platform.group)
    app.cli.add_command(scores.group)
    app.cli.add_command(sync.group)
    app.cli.add_command(worker.worker)
