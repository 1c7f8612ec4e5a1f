"""Serving a campus over real HTTP, for tests and for the demo."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread
from typing import TYPE_CHECKING

from werkzeug.serving import WSGIRequestHandler, make_server

from campus.web import create_app

if TYPE_CHECKING:
    from campus.state import Campus


class _QuietHandler(WSGIRequestHandler):
    """Leaves the log to `campus.traffic`."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing."""


@contextmanager
def running(campus: "Campus", host: str = "localhost", port: int = 0) -> Iterator[str]:
    """Serve in a thread and yield the base URL, which becomes the campus's own.

    Port 0 takes a free one. Register tools after this: the issuer is the base URL.
    """
    server = make_server(
        host, port, create_app(campus), threaded=True, request_handler=_QuietHandler
    )
    campus.base_url = f"http://{host}:{server.server_port}"
    thread = Thread(target=server.serve_forever, name="campus", daemon=True)
    thread.start()
    try:
        yield campus.base_url
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
