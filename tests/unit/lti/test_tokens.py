import json
from collections.abc import Callable
from datetime import timedelta
from threading import Barrier, Thread

import pytest
import requests

from lti.errors import PlatformUnavailable
from lti.tokens import AccessToken, TokenCache, TokenKey, read_token, refusal
from tests.support.clock import NOW

ASKED = frozenset({"read", "write"})
KEY = TokenKey(1, "client", "https://lms.example/token", ASKED)


def an_answer(body: object, status: int = 200) -> requests.Response:
    answer = requests.Response()
    answer.status_code = status
    answer._content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return answer


def a_token(value: str = "t", *, minutes: int = 59) -> AccessToken:
    return AccessToken(value, ASKED, NOW + timedelta(minutes=minutes))


def never() -> AccessToken:
    raise AssertionError("The token was there.")


@pytest.mark.parametrize(
    ("expires_in", "seconds"),
    [
        (3600, 3540),
        ("3600", 3540),
        (120.5, 60.5),
        (60, 0),
        (59, 0),
        (0, 0),
        (-1, 0),
        (10**12, 3540),
        ("9" * 400, 3540),
        (float("nan"), 0),
        (float("inf"), 3540),
        (None, 300),
        ("abc", 300),
        ("-5", 300),
        (True, 300),
        ([], 300),
    ],
)
def test_a_token_is_kept_a_minute_less_than_it_lives(
    expires_in: object, seconds: float
) -> None:
    answer = an_answer({"access_token": "t", "expires_in": expires_in})

    token = read_token(answer, ASKED, NOW)

    assert token.good_until - NOW == timedelta(seconds=seconds)


def test_the_scopes_are_what_the_platform_granted() -> None:
    answer = an_answer({"access_token": "t", "scope": "read other"})

    assert read_token(answer, ASKED, NOW).scopes == {"read", "other"}


def test_a_platform_that_says_nothing_granted_what_was_asked() -> None:
    assert read_token(an_answer({"access_token": "t"}), ASKED, NOW).scopes == ASKED


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>maintenance</html>",
        b"[" * 100_000,
        [],
        {},
        {"access_token": None},
        {"access_token": 5},
        {"access_token": "two\r\nlines"},
    ],
)
def test_an_answer_without_a_token_is_a_platform_that_is_down(body: object) -> None:
    with pytest.raises(PlatformUnavailable):
        read_token(an_answer(body), ASKED, NOW)


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({"error": "invalid_client"}, "(invalid_client)"),
        ({"error": "assertion eyJhbGciOi was wrong"}, "(status 400)"),
        ({"error": ["a"]}, "(status 400)"),
        (b"<html>", "(status 400)"),
    ],
)
def test_a_refusal_names_a_known_kind_of_error_and_nothing_else(
    body: object, named: str
) -> None:
    refused = refusal(an_answer(body, status=400))

    assert named in str(refused)
    assert "eyJ" not in str(refused)
    assert refused.status == 0


def test_a_token_is_not_shown_with_the_object_that_holds_it() -> None:
    assert "secret-token" not in repr(a_token("secret-token"))


def test_a_good_token_is_fetched_once() -> None:
    cache = TokenCache()
    token = a_token()

    cache.get(KEY, NOW, lambda: token)

    assert cache.get(KEY, NOW, never) is token


def test_a_token_past_its_time_is_fetched_again() -> None:
    cache = TokenCache()
    old, new = a_token("old", minutes=1), a_token("new")
    cache.get(KEY, NOW, lambda: old)

    later = NOW + timedelta(minutes=1)

    assert cache.get(KEY, later, lambda: new) is new


@pytest.mark.parametrize(
    "other",
    [
        TokenKey(2, "client", "https://lms.example/token", ASKED),
        TokenKey(1, "another", "https://lms.example/token", ASKED),
        TokenKey(1, "client", "https://moved.example/token", ASKED),
        TokenKey(1, "client", "https://lms.example/token", frozenset({"read"})),
    ],
)
def test_nobody_gets_a_token_that_was_given_to_another(other: TokenKey) -> None:
    cache = TokenCache()
    cache.get(KEY, NOW, lambda: a_token("mine"))

    assert cache.get(other, NOW, lambda: a_token("theirs")).value == "theirs"


def test_a_refused_token_is_forgotten_but_not_its_successor() -> None:
    cache = TokenCache()
    old, new = a_token("old"), a_token("new")
    cache.get(KEY, NOW, lambda: old)

    cache.drop(KEY, old)
    cache.get(KEY, NOW, lambda: new)
    cache.drop(KEY, old)

    assert cache.get(KEY, NOW, never) is new


def test_many_threads_fetch_one_token_once() -> None:
    cache, start, fetched = TokenCache(), Barrier(8), list[AccessToken]()

    def fetch() -> AccessToken:
        fetched.append(a_token())
        return fetched[-1]

    _in_threads(8, lambda: (start.wait(), cache.get(KEY, NOW, fetch)))

    assert len(fetched) == 1


def _in_threads(number: int, work: Callable[[], object]) -> None:
    threads = [Thread(target=work) for _ in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
