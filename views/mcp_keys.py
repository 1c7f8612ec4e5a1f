"""Who may ask an assistant's server over HTTP: the bearer of a tenant's API key."""

from anyio import to_thread
from flask import Flask
from mcp.server.auth.provider import AccessToken

from jobs.api_keys import find, is_to_be_noted
from jobs.clock import now
from models.db import db
from views.keys import note_alone


class KeyVerifier:
    """Lets in the keys of one tenant; the SDK asks it with every request."""

    def __init__(self, app: Flask, tenant_key: str) -> None:
        self._app = app
        self._tenant_key = tenant_key

    async def verify_token(self, token: str) -> AccessToken | None:
        """Return what a key is allowed, or None for one that is not good here."""
        return await to_thread.run_sync(self._verified, token)

    def _verified(self, token: str) -> AccessToken | None:
        with self._app.app_context():
            session, moment = db.session(), now()
            key = find(session, token, moment)
            if key is None or key.tenant.key != self._tenant_key:
                return None
            key_id, is_due = key.id, is_to_be_noted(key, moment)
            name, scopes = key.public_id, list(key.permissions)
            session.rollback()
            if is_due:
                # After what was read: SQLite makes no writer of an old reader.
                note_alone(key_id)
            return AccessToken(token=token, client_id=name, scopes=scopes)
