import pytest
import requests

from tests.support.network import NetworkRefused, is_local


@pytest.mark.parametrize(
    ("host", "local"),
    [
        ("127.0.0.1", True),
        ("127.1.2.3", True),
        ("::1", True),
        ("localhost", True),
        (b"localhost", True),
        (None, True),
        ("10.0.0.1", False),
        ("lms.example", False),
        ("0.0.0.0", False),  # noqa: S104 -- compared, not bound
    ],
)
def test_only_this_machine_is_local(*, host: object, local: bool) -> None:
    assert is_local(host) is local


def test_a_test_cannot_reach_the_world() -> None:
    with pytest.raises(NetworkRefused):
        requests.get("http://192.0.2.1/", timeout=1)
    with pytest.raises(NetworkRefused):
        requests.get("http://lms.example/", timeout=1)
