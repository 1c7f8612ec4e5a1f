"""What every answer says to the browser: who may frame it, run in it and keep it."""

import secrets
from collections.abc import Iterable
from typing import TYPE_CHECKING

from flask import Flask, Response, current_app, g

from lti.addresses import origin
from lti.origins import frame_sources
from models import Registration

if TYPE_CHECKING:
    from config import Config

PERMISSIONS = "camera=(), microphone=(), geolocation=(), payment=(), usb=()"
YEAR = 31_536_000


def csp_nonce() -> str:
    """Return this answer's nonce: only scripts that carry it run."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    nonce: str = g.csp_nonce
    return nonce


def framed_by(registration: Registration) -> None:
    """Let a platform frame this request's answer; otherwise only we may."""
    g.frame_sources = frame_sources(registration)


def forms_go_to(address: str) -> None:
    """Let this answer's forms go to the origin of an address, and nowhere else."""
    g.form_target = str(origin(address))


def register(app: Flask) -> None:
    """Set the headers of every answer, and offer `csp_nonce()` to templates."""
    app.jinja_env.globals["csp_nonce"] = csp_nonce
    app.after_request(protect)


def protect(response: Response) -> Response:
    """Set what every answer says to a browser, on this one."""
    config: Config = current_app.extensions["laurel"]
    headers = response.headers
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Referrer-Policy"] = "no-referrer"
    headers["Permissions-Policy"] = PERMISSIONS
    if config.is_https:
        headers["Strict-Transport-Security"] = f"max-age={YEAR}"
    if response.mimetype == "text/html":
        policy = _policy(g.get("frame_sources", ()), g.get("form_target", "'self'"))
        headers["Content-Security-Policy"] = policy
    headers.setdefault("Cache-Control", "no-store")
    return response


def _policy(framing: Iterable[str], form_target: str) -> str:
    scripts = f"'self' 'nonce-{g.csp_nonce}'" if "csp_nonce" in g else "'self'"
    rules = {
        "default-src": "'none'",
        "script-src": scripts,
        "style-src": "'self'",
        "img-src": "'self' data:",
        "font-src": "'self'",
        "connect-src": "'self'",
        "form-action": form_target,
        "base-uri": "'none'",
        "frame-ancestors": " ".join(["'self'", *framing]),
    }
    return "; ".join(f"{name} {value}" for name, value in rules.items())
