"""No test talks to the world: a connection that leaves this machine is refused."""

import ipaddress
import sys

GUARDED = {"socket.connect", "socket.sendto", "socket.getaddrinfo"}


class NetworkRefused(RuntimeError):
    """A test tried to reach another machine.

    Not an OSError, so that no code takes it for a platform that is down.
    """


def is_local(host: object) -> bool:
    """Return whether a host, as sockets take it, is this machine."""
    if host in {None, "", b"", "localhost", b"localhost"}:
        return True
    text = host.decode() if isinstance(host, bytes) else str(host)
    try:
        return ipaddress.ip_address(text).is_loopback
    except ValueError:
        return False


def refuse_the_world() -> None:
    """Guard this process from now on; an audit hook cannot be taken away."""
    sys.addaudithook(_refuse)


def _refuse(event: str, arguments: tuple[object, ...]) -> None:
    if event not in GUARDED:
        return
    if event == "socket.getaddrinfo":
        host = arguments[0]
    else:
        address = arguments[1]
        if not isinstance(address, tuple):  # a UNIX socket's path
            return
        host = address[0]
    if not is_local(host):
        raise NetworkRefused(f"A test reached out to {host!r} ({event}).")
