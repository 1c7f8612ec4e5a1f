"""How a request ends that only read: its transaction is committed, not undone.

After a rollback psycopg lets go of every statement it had prepared, and PostgreSQL
would plan each of them anew for the next page.
"""

from flask import Flask, Response, request

from models.db import db
from views.earned import SAFE, ask_after_reading


def register(app: Flask) -> None:
    """Let pages and lists end in order."""
    app.after_request(end)


def end(response: Response) -> Response:
    """Commit what a page has read; what was refused or failed is undone as ever."""
    is_read = request.method in SAFE and response.status_code < 400
    if is_read and db.session.registry.has():
        db.session.commit()
        ask_after_reading(response)
    return response
