"""Over real sockets: what a platform may do to us, and what it may not."""

import gzip
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread
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

from lti import http
from lti.errors import AddressRefused, PlatformUnavailable
from lti.http import BoundedSession
from tests.support.network import NetworkRefused

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"

Answer = Callable[[socket.socket], None]


PUBLIC = "93.184.215.14"


@contextmanager
def served(
    answer: Answer, certificate: Path | None = None
) -> Iterator[tuple[str, list[bytes]]]:
    """Answer every connection by hand; yield the address and what was asked.

    With a certificate the line is encrypted.
    """
    asked: list[bytes] = []
    encryption = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    if certificate:
        encryption.load_cert_chain(certificate)
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            while True:
                try:
                    line, _ = listener.accept()
                except OSError:
                    return
                try:
                    if certificate:
                        line = encryption.wrap_socket(line, server_side=True)
                except OSError:
                    continue
                with line:
                    asked.append(line.recv(65536))
                    try:
                        answer(line)
                    except OSError:
                        asked.append(b"hung up")

        thread = Thread(target=serve, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/", asked
        listener.shutdown(socket.SHUT_RDWR)
    thread.join()


def whole(body: bytes, more: bytes = b"") -> Answer:
    length = f"Content-Length: {len(body)}\r\n".encode()
    return lambda line: line.sendall(HEAD + more + length + b"\r\n" + body)


def dripping(text: bytes) -> Answer:
    def answer(line: socket.socket) -> None:
        for position in range(len(text)):
            line.sendall(text[position : position + 1])
            time.sleep(0.02)

    return answer


def silence(_line: socket.socket) -> None:
    time.sleep(1)


def hang_up(_line: socket.socket) -> None:
    """Say nothing and close."""


@pytest.fixture
def patience(monkeypatch: pytest.MonkeyPatch) -> float:
    """Wait half a second instead of twenty."""
    monkeypatch.setattr(http, "TOTAL_SECONDS", 0.5)
    return 0.5


def test_an_answer_is_loaded_and_the_connection_kept() -> None:
    with (
        served(whole(b'{"a": 1}')) as (url, asked),
        BoundedSession([url], development=True) as session,
    ):
        answer = session.get(url)

    assert (answer.status_code, answer.json()) == (200, {"a": 1})
    assert b"User-Agent: Laurel/0.1\r\n" in asked[0]


@pytest.mark.parametrize(
    "text",
    [
        HEAD + b"Content-Length: 5000\r\n\r\n" + b"x" * 5000,
        HEAD + b"X-Long: " + b"x" * 5000,
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + b"1\r\nx\r\n" * 5000,
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + b"1;" + b"x" * 5000,
        HEAD + b"Content-Encoding: gzip\r\n\r\n" + gzip.compress(b"x", 0)[:10] * 500,
    ],
    ids=["body", "headers", "chunks", "chunk-size", "gzip"],
)
def test_a_platform_that_drips_is_hung_up_on(text: bytes, patience: float) -> None:
    began = time.monotonic()

    with (
        served(dripping(text)) as (url, _),
        BoundedSession([url], development=True) as session,
        pytest.raises(PlatformUnavailable),
    ):
        session.get(url)

    assert time.monotonic() - began < patience + 1


def test_a_platform_that_says_nothing_is_hung_up_on(patience: float) -> None:
    with (
        served(silence) as (url, _),
        BoundedSession([url], development=True) as session,
        pytest.raises(PlatformUnavailable),
    ):
        session.get(url)


@pytest.mark.parametrize(
    "answer",
    [
        whole(b"x" * (2 * 2**20 + 1)),
        whole(gzip.compress(b"\0" * (64 * 2**20)), b"Content-Encoding: gzip\r\n"),
        lambda line: line.sendall(HEAD + b"\r\n" + b"x" * (3 * 2**20)),
    ],
    ids=["announced", "gzip-bomb", "unannounced"],
)
def test_an_answer_of_more_than_two_mebibytes_is_left(answer: Answer) -> None:
    with (
        served(answer) as (url, _),
        BoundedSession([url], development=True) as session,
        pytest.raises(PlatformUnavailable, match="2048 KiB"),
    ):
        session.get(url)


def test_an_answer_of_two_mebibytes_is_read() -> None:
    with (
        served(whole(b"x" * 2 * 2**20)) as (url, _),
        BoundedSession([url], development=True) as session,
    ):
        assert len(session.get(url).content) == 2 * 2**20


@pytest.mark.parametrize(
    "answer",
    [
        whole(b"not gzip", b"Content-Encoding: gzip\r\n"),
        lambda line: line.sendall(HEAD + b"Content-Length: 10\r\n\r\nx"),
        lambda line: line.sendall(b"nonsense\r\n\r\n"),
        hang_up,
    ],
    ids=["gzip", "cut-off", "no-http", "nothing"],
)
def test_an_answer_that_breaks_off_is_a_platform_that_is_down(answer: Answer) -> None:
    with (
        served(answer) as (url, _),
        BoundedSession([url], development=True) as session,
        pytest.raises(PlatformUnavailable) as down,
    ):
        session.get(f"{url}?token=secret")

    assert "secret" not in str(down.value)


def test_a_redirect_is_an_answer_and_nobody_follows_it() -> None:
    with served(whole(b"elsewhere")) as (elsewhere, asked):
        location = f"Location: {elsewhere}\r\n".encode()
        moved = b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\n" + location + b"\r\n"
        with (
            served(lambda line: line.sendall(moved)) as (url, _),
            BoundedSession([url, elsewhere], development=True) as session,
        ):
            assert session.get(url).status_code == 302

    assert asked == []


def test_cookies_are_not_kept() -> None:
    with (
        served(whole(b"", b"Set-Cookie: id=1\r\n")) as (url, asked),
        BoundedSession([url], development=True) as session,
    ):
        session.get(url)
        session.get(url)

    assert [b"Cookie" in request for request in asked] == [False, False]


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
