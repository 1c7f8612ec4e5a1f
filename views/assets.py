"""Our static files: few, packed, and at addresses that change with their content.

All of them share one digest in their path, so that a module may import its
neighbour by a relative name and still be cached for ever.
"""

import gzip
import hashlib
import mimetypes
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import flask_bootstrap
from flask import Blueprint, Response, abort, request, url_for

bp = Blueprint("assets", __name__)

STATIC = Path(__file__).resolve().parent.parent / "static"
BOOTSTRAP = Path(flask_bootstrap.__file__).parent / "static" / "bootstrap5"
STYLES = ("tokens", "base", "layout", "components", "badges", "board", "manage")
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


@dataclass(frozen=True)
class Asset:
    """One file as it is sent, and the same packed."""

    content: bytes
    packed: bytes
    kind: str


def static_url(name: str) -> str:
    """Return the address of a file of ours, which changes when any of them does.

    `laurel.css` and `icons.svg` are made from several files; every other name is
    a file under `static/`.
    """
    return url_for("assets.show", digest=_digest(), name=name)


@bp.get("/static/v-<digest>/<path:name>")
def show(digest: str, name: str) -> Response:
    """Answer one file; for ever if the address is of today's content."""
    asset = _assets().get(name)
    if asset is None:
        abort(404)
    response = Response(asset.content, content_type=asset.kind)
    response.vary.add("Accept-Encoding")
    if request.accept_encodings.quality("gzip") > 0:
        response.set_data(asset.packed)
        response.content_encoding = "gzip"
    if digest == _digest():
        response.cache_control.public = True
        response.cache_control.max_age = 31_536_000
        response.cache_control.immutable = True
    else:
        # An address of yesterday's page: right enough to show, wrong to keep.
        response.cache_control.no_store = True
    return response


@cache
def _assets() -> dict[str, Asset]:
    files = {
        str(path.relative_to(STATIC)): path.read_bytes()
        for path in sorted(STATIC.rglob("*"))
        if path.suffix in {".js", ".svg"}
    }
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
