"""Over real sockets: what a platform may do to us, and what it may not."""

import gzip
import socket
import time

import pytest

from lti import http
from lti.errors import PlatformUnavailable
from lti.http import BoundedSession
from tests.support.answering import HEAD, Answer, served, whole


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


def silent_addresses(monkeypatch: pytest.MonkeyPatch, seconds: float) -> list[str]:
    """Give every host forty addresses that say nothing; return those that are tried."""
    tried: list[str] = []
    named = [
        (socket.AF_INET, socket.SOCK_STREAM, 6, "", (f"93.184.215.{last}", 443))
        for last in range(1, 41)
    ]

    def connect(address: tuple[str, int], *_args: object, **_more: object) -> None:
        tried.append(address[0])
        time.sleep(seconds)
        raise TimeoutError

    monkeypatch.setattr(socket, "getaddrinfo", lambda *_a, **_k: named)
    monkeypatch.setattr("urllib3.util.connection.create_connection", connect)
    return tried


@pytest.mark.parametrize("trusted", [[], ["https://lms.example"]])
def test_four_silent_addresses_are_enough(
    monkeypatch: pytest.MonkeyPatch, trusted: list[str]
) -> None:
    tried = silent_addresses(monkeypatch, 0.01)

    with BoundedSession(trusted) as session, pytest.raises(PlatformUnavailable):
        session.get("https://lms.example/keys")

    assert tried == [f"93.184.215.{last}" for last in range(1, 5)]


@pytest.mark.parametrize("trusted", [[], ["https://lms.example"]])
def test_connecting_counts_towards_the_whole_time(
    monkeypatch: pytest.MonkeyPatch, patience: float, trusted: list[str]
) -> None:
    tried = silent_addresses(monkeypatch, patience * 0.75)

    with (
        BoundedSession(trusted) as session,
        pytest.raises(PlatformUnavailable, match="longer than 20 seconds"),
    ):
        session.get("https://lms.example/keys")

    assert tried == ["93.184.215.1", "93.184.215.2"]


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
