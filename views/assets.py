"""Our static files: few, packed, and at addresses that change with their content.

A page's style, its pictures and its scripts each come as one file, so that a launch
waits for few requests. All share one digest in their path and are kept for ever.
"""

import gzip
import hashlib
import mimetypes
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import flask_bootstrap
from flask import Blueprint, Flask, Response, abort, request
from werkzeug.datastructures import Accept
from werkzeug.http import parse_accept_header

from views.headers import protect
from views.modules import bundle

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

bp = Blueprint("assets", __name__)

STATIC = Path(__file__).resolve().parent.parent / "static"
BOOTSTRAP = Path(flask_bootstrap.__file__).parent / "static" / "bootstrap5"
STYLES = (
    "tokens",
    "base",
    "layout",
    "components",
    "badges",
    "celebration",
    "board",
    "manage",
    "registration",
    "picker",
    "forced",
)
SCRIPTS = ("login", "finish", "shell", "registered", "setup", "picker", "dead-end")
"""The scripts that pages name; each comes with all that it imports."""
ICONS = (
    "arrow-left",
    "arrow-repeat",
    "book-fill",
    "check-lg",
    "chevron-right",
    "exclamation-triangle-fill",
    "fire",
    "lock-fill",
    "pen-fill",
    "people-fill",
    "rocket-takeoff-fill",
    "search",
    "sliders",
    "stars",
    "trophy-fill",
)

Answers = Mapping[tuple[str, bool], Response]


@dataclass(frozen=True)
class Asset:
    """One file as it is sent, and the same packed."""

    content: bytes
    packed: bytes
    kind: str

    def answer(self, *, packed: bool) -> Response:
        content = self.packed if packed else self.content
        response = Response(content, content_type=self.kind)
        response.vary.add("Accept-Encoding")
        if packed:
            response.content_encoding = "gzip"
        return response


class Today:
    """Answers for today's files before the application is asked.

    They are the same for everybody, and most requests of a launch are for them.
    """

    def __init__(self, application: "WSGIApplication", answers: Answers) -> None:
        self._application = application
        self._answers = answers

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        path, accepted = environ["PATH_INFO"], environ.get("HTTP_ACCEPT_ENCODING", "")
        answer = self._answers.get((path, _unpacks(accepted)))
        if answer is None or environ["REQUEST_METHOD"] not in {"GET", "HEAD"}:
            return self._application(environ, start_response)
        return answer(environ, start_response)


def register(app: Flask) -> None:
    """Serve our files, and offer `static_url()` to templates."""
    app.jinja_env.globals["static_url"] = static_url
    app.register_blueprint(bp)
    with app.app_context():
        today = Today(app.wsgi_app, _answers())
    app.wsgi_app = today  # type: ignore[method-assign] # Flask's documented way


def static_url(name: str) -> str:
    """Return the address of a file of ours, which changes when any of them does.

    `laurel.css`, `icons.svg` and the scripts are made from several files; every other
    name is a file under `static/`.
    """
    return f"/static/v-{_digest()}/{name}"


@bp.get("/static/v-<digest>/<path:name>")
def show(digest: str, name: str) -> Response:  # noqa: ARG001 -- any digest will do
    """Answer a file for yesterday's page: right enough to show, wrong to keep."""
    asset = _assets().get(name)
    if asset is None:
        abort(404)
    response = asset.answer(packed=_unpacks(request.headers.get("Accept-Encoding", "")))
    response.cache_control.no_store = True
    return response


def _answers() -> Answers:
    """Make every answer once; they are given as they are."""
    answers = {}
    for name, asset in _assets().items():
        for packed in (True, False):
            response = asset.answer(packed=packed)
            response.cache_control.public = True
            response.cache_control.max_age = 31_536_000
            response.cache_control.immutable = True
            answers[static_url(name), packed] = protect(response)
    return answers


@lru_cache(maxsize=64)
def _unpacks(accepted: str) -> bool:
    return parse_accept_header(accepted, Accept).quality("gzip") > 0


@cache
def _assets() -> dict[str, Asset]:
    files = {
        str(path.relative_to(STATIC)): path.read_bytes()
        for path in sorted(STATIC.rglob("*"))
        if path.suffix in {".js", ".svg"}
    }
    for name in SCRIPTS:
        files[f"js/{name}.js"] = bundle(STATIC / "js", name).encode()
    files["laurel.css"] = _style().encode()
    files["icons.svg"] = _icons().encode()
    return {name: _asset(name, content) for name, content in files.items()}


@cache
def _digest() -> str:
    everything = hashlib.sha256()
    for name, asset in sorted(_assets().items()):
        everything.update(name.encode() + b"\0" + asset.content)
    return everything.hexdigest()[:12]


def _asset(name: str, content: bytes) -> Asset:
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    if kind.startswith("text/"):
        kind += "; charset=utf-8"
    return Asset(content, gzip.compress(content, mtime=0), kind)


def _style() -> str:
    """Return Bootstrap in a layer of its own, where every rule of ours wins."""
    vendor = (BOOTSTRAP / "css" / "bootstrap.min.css").read_text()
    vendor = vendor.removeprefix('@charset "UTF-8";')
    vendor = re.sub(r"/\*# sourceMappingURL=.*?\*/", "", vendor)
    own = [(STATIC / "css" / f"{name}.css").read_text() for name in STYLES]
    return "\n".join([f"@layer bootstrap{{{vendor}}}", *own])


def _icons() -> str:
    """Return one sprite: the icons we use of Bootstrap's, and our own drawings."""
    vendor = (BOOTSTRAP / "icons" / "bootstrap-icons.svg").read_text()
    taken = [_symbol(vendor, name) for name in ICONS]
    own = [path.read_text() for path in sorted((STATIC / "badges").glob("*.svg"))]
    drawn = [re.sub(r"</?svg[^>]*>", "", drawing).strip() for drawing in own]
    return (
        '<svg xmlns="http://www.w3.org/2000/svg">' + "".join(taken + drawn) + "</svg>"
    )


def _symbol(sprite: str, name: str) -> str:
    found = re.search(rf'<symbol[^>]*id="{name}".*?</symbol>', sprite, re.DOTALL)
    if found is None:
        raise LookupError(f"Bootstrap's icons no longer have {name!r}.")
    return found.group(0)
