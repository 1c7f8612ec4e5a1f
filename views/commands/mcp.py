"""`flask mcp`: badges for an assistant, over standard input and output."""

import click
from flask import current_app
from flask.cli import with_appcontext


@click.command("mcp")
@click.option("--tenant", required=True, help="The one organisation it may ask about.")
@with_appcontext
def command(tenant: str) -> None:
    """Serve the badges of one organisation to an assistant."""
    from views.mcp import NoSuchTenant, server_for  # noqa: PLC0415 -- its SDK takes a second to load, and no other process needs it

    # The proxy ends with this command's context; the server outlives none of it.
    app = current_app._get_current_object()  # type: ignore[attr-defined] # noqa: SLF001 -- werkzeug's documented way to the object
    try:
        server = server_for(app, tenant)
    except NoSuchTenant:
        raise click.ClickException(
            f"There is no tenant {tenant}. `flask platform list` names them."
        ) from None
    server.run("stdio")
