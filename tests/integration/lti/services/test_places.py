"""Where a call of ours may go: never inside, never to another than was checked."""

import socket
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509.oid import NameOID

from lti.errors import AddressRefused, PlatformUnavailable
from lti.http import BoundedSession
from tests.support.answering import served, whole
from tests.support.network import NetworkRefused

PUBLIC = "93.184.215.14"


def test_the_environments_proxies_are_not_asked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with (
        served(whole(b"proxy")) as (proxy, asked),
        served(whole(b"direct")) as (
            url,
            _,
        ),
        BoundedSession([url], development=True) as session,
    ):
        monkeypatch.setenv("http_proxy", proxy)
        answer = session.get(url)

    assert (answer.text, asked) == ("direct", [])


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1:{port}/",
        "https://localhost:{port}/",
        "https://[::1]:{port}/",
        "https://[::ffff:127.0.0.1]:{port}/",
        "https://0.0.0.0:{port}/",
        "https://10.0.0.1/",
        "https://192.168.0.1/",
        "https://169.254.169.254/latest/meta-data/",
        "https://100.64.0.1/",
        "https://[fd00::1]/",
        "https://[fe80::1]/",
        "https://224.0.0.1/",
        "http://127.0.0.1:{port}/",
        "http://lms.example/",
        "ftp://lms.example/",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "https://user@127.0.0.1:{port}/",
    ],
)
def test_no_byte_goes_where_we_must_not(url: str) -> None:
    with (
        served(whole(b"secret")) as (address, asked),
        BoundedSession(["https://lms.example"], development=True) as session,
        pytest.raises((AddressRefused, PlatformUnavailable)) as refusal,
    ):
        session.get(url.format(port=address.split(":")[2].rstrip("/")))

    assert refusal.type is AddressRefused
    assert asked == []


def test_a_name_that_moves_into_our_network_is_not_followed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The first answer of the name server is public, the second is not (case E2)."""
    public = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (PUBLIC, 443))]
    ask, answers = socket.getaddrinfo, [public]

    def answer_twice(host: str, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 -- as the library's
        return answers.pop() if host == "localhost" else ask(host, *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", answer_twice)

    with served(whole(b"secret")) as (address, asked), BoundedSession() as session:
        port = address.split(":")[2].rstrip("/")
        with pytest.raises(NetworkRefused, match=PUBLIC):
            session.get(f"https://localhost:{port}/")

    assert (answers, asked) == ([], [])


@pytest.mark.parametrize(
    ("certified", "is_read"), [("lms.example", True), ("other.example", False)]
)
def test_a_certificate_is_that_of_the_name_and_not_of_the_address(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, certified: str, *, is_read: bool
) -> None:
    connected: list[str] = []
    named = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (PUBLIC, 443))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_a, **_k: named)
    certificate = a_certificate(tmp_path, certified)

    with served(whole(b"{}"), certificate) as (address, asked):
        port = int(address.split(":")[2].rstrip("/"))
        connect_to(port, connected, monkeypatch)
        with BoundedSession() as session:
            session.verify = str(certificate)
            read = answer_of(session, "https://lms.example/config")

    assert read == (b"{}" if is_read else None)
    assert set(connected) == {PUBLIC}
    assert [b"Host: lms.example\r\n" in one for one in asked if one] == [True] * is_read


def answer_of(session: BoundedSession, url: str) -> bytes | None:
    try:
        return session.get(url).content
    except PlatformUnavailable:
        return None


def connect_to(
    port: int, connected: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Let every address be this machine's, as a network might."""

    def connect(address: tuple[str, int], *_args: Any, **_kwargs: Any) -> socket.socket:  # noqa: ANN401 -- as the library's
        connected.append(address[0])
        line = socket.socket()
        line.settimeout(3)
        line.connect(("127.0.0.1", port))
        return line

    monkeypatch.setattr("urllib3.util.connection.create_connection", connect)


def a_certificate(folder: Path, name: str) -> Path:
    """Write a self-signed certificate and its key into one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime.now(UTC) - timedelta(days=1))
        .not_valid_after(datetime.now(UTC) + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / "certificate.pem"
    pem = key.private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    ) + made.public_bytes(Encoding.PEM)
    path.write_bytes(pem)
    return path


def test_plain_http_is_for_registered_loopback_hosts_in_development() -> None:
    with (
        served(whole(b"")) as (url, asked),
        BoundedSession([url]) as session,
        pytest.raises(AddressRefused),
    ):
        session.get(url)

    assert asked == []
