"""What every blueprint that speaks JSON does before a view: who it is, and how one may write."""

from flask import Blueprint, abort, request

from models.db import db
from models.locks import begin_write
from views.guards import bearer

READING = {"GET", "HEAD", "OPTIONS"}


def guard(bp: Blueprint) -> None:
    """Let in bearers of a launch, and writers who speak JSON."""
    bp.before_request(_write_from_the_start)
    bp.before_request(bearer)
    bp.before_request(_only_json)


def _write_from_the_start() -> None:
    # Before the guard reads: SQLite cannot turn an old reader into a writer.
    if request.method not in READING:
        begin_write(db.session())


def _only_json() -> None:
    """Refuse a write in any form that a page of somebody else's could send."""
    if request.method not in READING and request.mimetype != "application/json":
        abort(415)
