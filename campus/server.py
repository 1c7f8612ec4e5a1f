"""Serving over real HTTP, for tests and for the demo."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from threading import Thread
from typing import TYPE_CHECKING

from flask import Flask
from werkzeug.serving import WSGIRequestHandler, make_server

from campus.web import create_app

if TYPE_CHECKING:
    from campus.state import Campus

STOPS_WITHIN = 0.01
"""Seconds; the library's own half a second adds up over a test suite."""


class _QuietHandler(WSGIRequestHandler):
    """Leaves the log to `campus.traffic`."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing."""


@contextmanager
def running(campus: "Campus", host: str = "localhost", port: int = 0) -> Iterator[str]:
    """Serve a campus in a thread; yield the base URL, which becomes its own.

    Port 0 takes a free one. Read `campus.endpoints` inside: the issuer is that URL.
    """
    with serving(create_app(campus), host, port) as taken:
        campus.base_url = f"http://{host}:{taken}"
        yield campus.base_url


@contextmanager
def serving(app: Flask, host: str, port: int = 0) -> Iterator[int]:
    """Serve any application in a thread; yield the port."""
    server = make_server(host, port, app, threaded=True, request_handler=_QuietHandler)
    serve = partial(server.serve_forever, poll_interval=STOPS_WITHIN)
    thread = Thread(target=serve, name=app.name, daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
