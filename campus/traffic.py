"""Which requests a campus served: counters and a log for assertions."""

from collections import Counter, deque
from dataclasses import dataclass
from threading import Lock

from flask import Request

LOG_LENGTH = 5_000


@dataclass(frozen=True)
class Served:
    """One request; header names are lower-case."""

    endpoint: str
    method: str
    url: str
    headers: dict[str, str]
    body: bytes


class Traffic:
    """Counts every request; remembers the latest five thousand."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._counts: Counter[str] = Counter()
        self._log: deque[Served] = deque(maxlen=LOG_LENGTH)

    def note(self, endpoint: str, request: Request) -> None:
        headers = {name.lower(): value for name, value in request.headers.items()}
        body = request.get_data()
        served = Served(endpoint, request.method, request.url, headers, body)
        with self._lock:
            self._counts[endpoint] += 1
            self._log.append(served)

    def count(self, endpoint: str) -> int:
        """Return how many requests an endpoint served, faulty answers included."""
        with self._lock:
            return self._counts[endpoint]

    def requests(self, endpoint: str | None = None) -> tuple[Served, ...]:
        """Return the log, oldest first; of all endpoints unless one is named."""
        with self._lock:
            return tuple(
                served for served in self._log if endpoint in (None, served.endpoint)
            )

    def clear(self) -> None:
        with self._lock:
            self._counts.clear()
            self._log.clear()
