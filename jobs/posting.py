"""One POST to another program, signed: its answer, or why there is none.

A receiver takes HMAC-SHA256 of its secret over the header `Laurel-Timestamp`, a dot
and the body as it came, and compares that with `Laurel-Signature`.
"""

import hashlib
import hmac
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Self

from requests import RequestException

from jobs.clock import now
from jobs.encryption import opened
from jobs.settings import settings
from lti.errors import LTIError
from lti.http import BoundedSession, trusted_of
from models import Delivery, OutboundWebhook

GONE = 410
NO_KEY = "no key of ENCRYPTION_KEYS opens its secret: add it anew"
NO_ADDRESS = "Its address cannot be called: take it away, and add another one."
SPECIFIC = {
    3: "redirects are not followed",
    4: "the receiver refuses it",
    5: "something is wrong with the receiver",
}


@dataclass(frozen=True)
class Letter:
    """What is sent, apart from any session."""

    id: str
    body: bytes

    @classmethod
    def of(cls, delivery: Delivery) -> "Letter":
        said = {
            "id": delivery.public_id,
            "kind": delivery.kind,
            "occurred_at": moment_of(delivery.occurred_at),
            **delivery.body,
        }
        return cls(delivery.public_id, written(said))


@dataclass(frozen=True)
class Told:
    """What came of a POST."""

    status: int | None
    """None: there was no answer."""
    reason: str = ""
    """Why it was not taken, in a sentence."""

    @property
    def is_taken(self) -> bool:
        return self.status is not None and self.status // 100 == 2


class Line:
    """The way to one webhook: what may be called, and what signs."""

    def __init__(self, webhook: OutboundWebhook) -> None:
        """Raise cryptography's InvalidToken where its secret cannot be read."""
        self._url, self._secret = webhook.url, opened(webhook.secret)
        development = settings().is_development
        trusted = trusted_of(
            [webhook.url], webhook.internal_hosts, development=development
        )
        self._http = BoundedSession(trusted, development=development)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def post(self, letter: Letter) -> Told:
        """Send a letter once, within the budgets of `BoundedSession`."""
        timestamp = str(int(now().timestamp()))
        headers = {
            "Content-Type": "application/json",
            "Laurel-Delivery": letter.id,
            "Laurel-Timestamp": timestamp,
            "Laurel-Signature": f"sha256={signature(self._secret, timestamp, letter.body)}",
        }
        try:
            answer = self._http.post(self._url, data=letter.body, headers=headers)
        except LTIError as error:
            return Told(None, str(error))
        except (RequestException, UnicodeError):
            return Told(None, NO_ADDRESS)
        return _judged(answer.status_code)


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """Return what proves that a body is ours, and of that second."""
    signed = timestamp.encode() + b"." + body
    return hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()


def written(said: dict[str, Any]) -> bytes:
    """Return the bytes of a document; the same ones for the same."""
    return json.dumps(said, separators=(",", ":")).encode()


def moment_of(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _judged(status: int) -> Told:
    if status // 100 == 2:
        return Told(status)
    said = SPECIFIC.get(status // 100, "that is no answer to a webhook")
    return Told(status, f"Answered {status}: {said}.")
