import pytest

from lti.errors import AddressRefused
from lti.networks import is_public, refuse_private


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1", "64:ff9b::808:808"])
def test_an_address_of_the_world_is_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0",  # noqa: S104 -- the address itself is the case
        "10.0.0.1",
        "100.64.0.1",
        "127.0.0.1",
        "168.63.129.16",
        "169.254.169.254",
        "172.16.0.1",
        "192.0.0.192",
        "192.88.99.1",
        "192.168.1.1",
        "198.18.0.1",
        "224.0.0.1",
        "239.255.255.250",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::10.0.0.1",
        "::ffff:10.0.0.1",
        "::ffff:0:10.0.0.1",
        "64:ff9b::a00:1",
        "64:ff9b:1::a00:1",
        "2001:0:a00:1::1",
        "2001:db8::1",
        "2002:a00:1::1",
        "3fff::1",
        "5f00::1",
        "fc00::1",
        "fd00:ec2::254",
        "fe80::1%eth0",
        "fec0::1",
        "ff0e::1",
    ],
)
def test_every_other_address_is_not(address: str) -> None:
    """Private, special, metadata, and IPv6 that wraps such a one (case E2)."""
    assert not is_public(address)


def test_one_private_address_among_many_is_enough_to_refuse() -> None:
    with pytest.raises(AddressRefused):
        refuse_private(["8.8.8.8", "10.0.0.1"])
