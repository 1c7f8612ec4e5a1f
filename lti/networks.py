"""Network addresses: which ones are anybody's, and which may be our own house's.

https://www.iana.org/assignments/iana-ipv6-special-registry/
"""

import ipaddress
import socket
from collections.abc import Iterable
from contextlib import suppress
from ipaddress import IPv4Address, IPv6Address

from lti.errors import AddressRefused, PlatformUnavailable

Address = IPv4Address | IPv6Address

# Networks that Python calls global although what answers there may be ours.
OURS = tuple(
    ipaddress.ip_network(text)
    for text in (
        "168.63.129.16/32",  # Azure's metadata
        "192.0.0.0/24",  # Oracle's metadata among them
        "192.88.99.0/24",  # relays of 6to4
        "::/96",  # an IPv4 address, as it was once written
        "::ffff:0:0:0/96",  # and translated (RFC 7915)
        "64:ff9b:1::/48",  # NAT64 within a network (RFC 8215)
        "3fff::/20",  # documentation (RFC 9637)
        "5f00::/16",  # segment routing (RFC 9602)
        "fec0::/10",  # site-local, deprecated
    )
)
NAT64 = ipaddress.ip_network("64:ff9b::/96")


def addresses_of(host: str, port: int) -> list[str]:
    """Return where a host is, in the resolver's order; a number is itself.

    Raises PlatformUnavailable if it is nowhere.
    """
    with suppress(ValueError):  # a number needs no name server
        return [str(ipaddress.ip_address(host.strip("[]")))]
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise PlatformUnavailable(
            "This host has no address: is its name right?"
        ) from None
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def refuse_private(addresses: Iterable[str]) -> None:
    """Raise AddressRefused unless each of these addresses is a public one."""
    for text in addresses:
        if not is_public(text):
            raise AddressRefused("An address lies in a private network.")


def is_public(text: str) -> bool:
    """Tell whether an address belongs to the world, whatever it is wrapped in."""
    address = ipaddress.ip_address(text.partition("%")[0])
    if not address.is_global or address.is_multicast:
        return False
    if any(
        address in network for network in OURS if network.version == address.version
    ):
        return False
    inner = _wrapped(address)
    return inner is None or is_public(str(inner))


def _wrapped(address: Address) -> IPv4Address | None:
    """Return the IPv4 address within an IPv6 one: mapped, 6to4, Teredo or NAT64."""
    if isinstance(address, IPv4Address):
        return None
    if address in NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return (
        address.ipv4_mapped or address.sixtofour or (address.teredo or (None, None))[1]
    )
