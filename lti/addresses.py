"""Web addresses: where they lead, and whether we would go there."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Self
from urllib.parse import urlsplit

LOOPBACK = {"localhost", "127.0.0.1", "::1"}
PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True)
class Origin:
    """Scheme, host and port; written without the port that goes without saying."""

    scheme: str
    host: str
    port: int

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = "" if self.port == PORTS[self.scheme] else f":{self.port}"
        return f"{self.scheme}://{host}{port}"

    @classmethod
    @lru_cache(maxsize=1024)
    def of(cls, url: str) -> Self | None:
        """Return the origin of an address, None if it is no web address.

        An address with a user name, a backslash or a host that is not plain ASCII
        is none: programs do not agree where it leads.
        """
        try:
            parts = urlsplit(url)
            host, port = parts.hostname, parts.port or PORTS[parts.scheme]
        except (ValueError, KeyError):
            return None
        if not host or "@" in parts.netloc or "\\" in url or "*" in host:
            return None
        return cls(parts.scheme, host, port) if _is_plain(url) else None


def origin(url: str) -> Origin:
    """Return the origin of an address that is known to have one."""
    found = Origin.of(url)
    if found is None:
        raise ValueError("Not a web address.")
    return found


def is_callable(url: str, *, development: bool) -> bool:
    """Tell whether an address is one we may call: https, or our own machine.

    Plain http is for development, and for loopback hosts alone.
    """
    found = Origin.of(url)
    if found is None or "#" in url:
        return False
    if found.scheme == "https":
        return True
    return development and found.host in LOOPBACK


def _is_plain(url: str) -> bool:
    # `;` and spaces would end a source in a Content-Security-Policy.
    netloc = urlsplit(url).netloc
    return netloc.isascii() and netloc.isprintable() and not set(netloc) & set(" ;,'\"")
