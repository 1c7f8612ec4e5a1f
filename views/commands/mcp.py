"""`flask mcp`: badges for an assistant, over standard input and output or HTTP."""

import click
from flask import current_app
from flask.cli import with_appcontext

from config import LOOPBACK


@click.command("mcp")
@click.option("--tenant", required=True, help="The one organisation it may ask about.")
@click.option(
    "--http",
    "port",
    type=click.IntRange(1, 65535),
    help="Serve over HTTP at this port, for bearers of an API key.",
)
@click.option(
    "--host",
    default="127.0.0.1",
    show_default=True,
    help="The address to listen at; behind a proxy that ends TLS.",
)
@with_appcontext
def command(tenant: str, port: int | None, host: str) -> None:
    """Serve the badges of one organisation to an assistant."""
    # The proxy ends with this command's context; the server outlives none of it.
    app = current_app._get_current_object()  # type: ignore[attr-defined] # noqa: SLF001 -- werkzeug's documented way to the object
    from views.mcp import NoSuchTenant, server_for  # noqa: PLC0415 -- its SDK takes a second to load, and no other process needs it
    from views.mcp_keys import KeyVerifier  # noqa: PLC0415 -- as above

    by_key = KeyVerifier(app, tenant) if port is not None else None
    try:
        server = server_for(app, tenant, by_key=by_key)
    except NoSuchTenant:
        raise click.ClickException(
            f"There is no tenant {tenant}. `flask platform list` names them."
        ) from None
    if port is None:
        server.run("stdio")
        return
    if host not in LOOPBACK:
        click.echo(f"Listening at {host}: let a proxy end TLS before it.", err=True)
    click.echo(f"http://{host}:{port}/mcp", err=True)
    server.run("streamable-http", host=host, port=port, stateless_http=True)
