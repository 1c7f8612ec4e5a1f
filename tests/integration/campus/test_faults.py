"""Every fault over real HTTP, and what a test learns of the requests."""

import json
import time
from collections.abc import Callable, Iterator

import pytest
import requests

from campus import faults
from campus.bad_pages import (
    MALFORMED_MEMBERS,
    MALFORMED_RESULTS,
    endless_pages,
    next_link,
    with_malformed_members,
    with_malformed_results,
    with_repeated_member,
)
from campus.faults import Fault
from campus.records import Tool
from campus.seeding import Cast, cast
from campus.server import running
from campus.state import Campus
from tests.integration.campus.stage import a_token, bearer


@pytest.fixture
def campus() -> Iterator[Campus]:
    campus = Campus()
    with running(campus):
        campus.add_tool(Tool.at("http://127.0.0.1:5000", "client-1"))
        yield campus


@pytest.fixture
def seeded(campus: Campus) -> Cast:
    return cast(campus)


def jwks(campus: Campus, *, timeout: float = 10) -> requests.Response:
    return requests.get(campus.endpoints.jwks, timeout=timeout, allow_redirects=False)


def members(campus: Campus, seeded: Cast, query: str = "") -> requests.Response:
    url = campus.shape.memberships_url(campus, seeded.course, seeded.tool)
    headers = bearer(a_token(campus, seeded.tool))
    return requests.get(url + query, headers=headers, timeout=10)


def test_a_fault_ends_after_so_many_requests(campus: Campus) -> None:
    campus.faults.on("jwks", faults.status(500), times=2)

    statuses = [jwks(campus).status_code for _ in range(3)]

    assert statuses == [500, 500, 200]


def test_faults_wait_for_each_other_and_can_be_mended(campus: Campus) -> None:
    campus.faults.on("jwks", faults.status(429, retry_after=7), times=1)
    campus.faults.on("jwks", faults.status(503))

    answers = [jwks(campus) for _ in range(3)]
    campus.faults.off("jwks")
    mended = jwks(campus)

    assert [answer.status_code for answer in answers] == [429, 503, 503]
    assert [answer.headers.get("Retry-After") for answer in answers] == [
        "7",
        None,
        None,
    ]
    assert mended.status_code == 200


def test_a_slow_answer_is_honest_and_late(campus: Campus) -> None:
    campus.faults.on("jwks", faults.slow(0.3))
    begun = time.monotonic()

    answer = jwks(campus)

    assert time.monotonic() - begun >= 0.3
    assert answer.json() == campus.keys.jwks


def test_a_dripping_answer_comes_byte_by_byte(campus: Campus) -> None:
    campus.faults.on("jwks", faults.drip(0.001))

    with requests.get(campus.endpoints.jwks, timeout=10, stream=True) as answer:
        drops = list(answer.raw.read_chunked())

    assert {len(drop) for drop in drops} == {1}
    assert json.loads(b"".join(drops)) == campus.keys.jwks


@pytest.mark.parametrize(
    ("fault", "content_type", "body"),
    [
        (faults.html(), "text/html", b"<!doctype html>"),
        (faults.empty(), "application/json", b""),
        (faults.without("keys"), "application/json; charset=utf-8", b"{}"),
        (faults.saying(keys=7), "application/json; charset=utf-8", b'{"keys": 7}'),
    ],
)
def test_a_body_is_not_what_was_asked_for(
    campus: Campus, fault: Fault, content_type: str, body: bytes
) -> None:
    campus.faults.on("jwks", fault)

    answer = jwks(campus)

    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith(content_type)
    assert answer.content.startswith(body)
    assert bool(answer.content) == bool(body)


def test_a_huge_body_says_nothing_of_its_length(campus: Campus) -> None:
    campus.faults.on("jwks", faults.huge(3 * faults.MEGABYTE))

    answer = jwks(campus)

    assert "Content-Length" not in answer.headers
    assert len(answer.content) > 3 * faults.MEGABYTE
    assert set(answer.json()) == {"padding"}


def test_a_gzip_bomb_is_small_on_the_wire(campus: Campus) -> None:
    campus.faults.on("jwks", faults.gzip_bomb(4 * faults.MEGABYTE))

    answer = jwks(campus)

    assert int(answer.headers["Content-Length"]) < faults.MEGABYTE / 100
    assert len(answer.content) == 4 * faults.MEGABYTE


def test_a_redirect_leads_elsewhere(campus: Campus) -> None:
    campus.faults.on("jwks", faults.redirect("http://127.0.0.1:1/"))

    answer = jwks(campus)

    assert answer.status_code == 302
    assert answer.headers["Location"] == "http://127.0.0.1:1/"


def test_an_authentication_request_is_denied_with_its_state(campus: Campus) -> None:
    campus.faults.on("authorize", faults.denied("login_required", "No session"))
    asked = {"redirect_uri": "http://127.0.0.1:5000/lti/launch", "state": "s"}

    page = requests.get(campus.endpoints.authorization, params=asked, timeout=10).text

    for name, value in (("error", "login_required"), ("state", "s")):
        assert f'name="{name}" value="{value}"' in page
    assert 'action="http://127.0.0.1:5000/lti/launch"' in page


def test_rows_that_are_no_members_come_before_the_honest_ones(
    campus: Campus, seeded: Cast
) -> None:
    honest = members(campus, seeded).json()["members"]
    campus.faults.on("memberships", with_malformed_members())

    spoiled = members(campus, seeded).json()["members"]

    assert spoiled == [*MALFORMED_MEMBERS, *honest]


def test_a_member_is_repeated_on_later_pages(campus: Campus, seeded: Cast) -> None:
    campus.faults.on("memberships", with_repeated_member())

    pages = [
        members(campus, seeded, f"?limit=2&from={start}").json()["members"]
        for start in (0, 2)
    ]

    assert [len(page) for page in pages] == [2, 3]
    assert pages[1][-1] == pages[0][0]


@pytest.mark.parametrize(
    ("fault", "links"),
    [
        (lambda _url: next_link("http://elsewhere.example/"), ["elsewhere"] * 2),
        (next_link, ["memberships>"] * 2),
        (endless_pages, ["again=2", "again=3"]),
    ],
)
def test_next_links_lead_astray(
    campus: Campus, seeded: Cast, fault: Callable[[str], Fault], links: list[str]
) -> None:
    url = campus.shape.memberships_url(campus, seeded.course, seeded.tool)
    campus.faults.on("memberships", fault(url))

    headers = [members(campus, seeded).headers["Link"] for _ in links]

    assert [link in header for link, header in zip(links, headers, strict=True)] == [
        True,
        True,
    ]
    assert all('rel="next"' in header for header in headers)


def test_rows_that_are_no_results_come_before_the_honest_ones(
    campus: Campus, seeded: Cast
) -> None:
    campus.faults.on("results", with_malformed_results())
    item = campus.shape.line_item_url(campus, seeded.quiz, seeded.tool)

    answer = requests.get(
        item.replace("?", "/results?"),
        headers=bearer(a_token(campus, seeded.tool)),
        timeout=10,
    )

    assert answer.json()[: len(MALFORMED_RESULTS)] == [*MALFORMED_RESULTS]
    assert len(answer.json()) == len(MALFORMED_RESULTS) + 2


def test_requests_are_counted_and_remembered(campus: Campus) -> None:
    campus.faults.on("jwks", faults.status(500), times=1)
    for _ in range(2):
        jwks(campus)

    [served, _] = campus.traffic.requests("jwks")

    assert campus.traffic.count("jwks") == 2
    assert campus.traffic.count("token") == 0
    assert (served.method, served.url) == ("GET", campus.endpoints.jwks)
    assert served.headers["accept"] == "*/*"
    campus.traffic.clear()
    assert campus.traffic.count("jwks") == 0
    assert campus.traffic.requests() == ()


def test_a_stopped_campus_no_longer_answers() -> None:
    campus = Campus()
    with running(campus) as url:
        assert requests.get(url, timeout=10).status_code == 200

    with pytest.raises(requests.ConnectionError):
        requests.get(url, timeout=10)
