import pytest

from lti.addresses import Origin, is_callable
from lti.origins import callable_url, frame_sources, learn
from models import Registration


def a_platform(**columns: object) -> Registration:
    values = {
        "issuer": "https://lms.example",
        "auth_login_url": "https://login.lms.example/auth",
        "token_url": "https://lms.example/token",
        "jwks_url": "https://lms.example:8443/jwks",
        "family": "",
        "frame_origins": [],
        "learned_origins": [],
    }
    return Registration(**{**values, **columns})


def a_cloud() -> Registration:
    return a_platform(
        issuer="https://canvas.instructure.com",
        auth_login_url="https://sso.canvaslms.com/api/lti/authorize_redirect",
        token_url="https://sso.canvaslms.com/login/oauth2/token",  # noqa: S106 -- an address
        jwks_url="https://sso.canvaslms.com/api/lti/security/jwks",
    )


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://LMS.example/a?b#c", "https://lms.example"),
        ("https://lms.example:443/", "https://lms.example"),
        ("http://localhost:8080/x", "http://localhost:8080"),
        ("http://[::1]:8080/x", "http://[::1]:8080"),
        ("https://user@lms.example/", None),
        ("https://lms.example\\@evil.example/", None),
        ("https://lms.example;script-src/", None),
        ("https://*.example/", None),
        ("https://lms.example:port/", None),
        ("https://lms.example:99999/", None),
        ("javascript:alert(1)", None),
        ("file:///etc/passwd", None),
        ("//lms.example", None),
        ("https://", None),
        ("https://löwe.example/", None),
        ("", None),
    ],
)
def test_an_address_has_one_origin_or_none(url: str, origin: str | None) -> None:
    found = Origin.of(url)

    assert (str(found) if found else None) == origin


@pytest.mark.parametrize(
    ("url", "in_production", "in_development"),
    [
        ("https://lms.example/a", True, True),
        ("https://127.0.0.1/a", True, True),
        ("http://localhost:8080/a", False, True),
        ("http://127.0.0.1/a", False, True),
        ("http://lms.example/a", False, False),
        ("https://lms.example/a#b", False, False),
        ("ftp://lms.example/a", False, False),
    ],
)
def test_plain_http_is_for_our_own_machine_in_development(
    url: str, *, in_production: bool, in_development: bool
) -> None:
    assert is_callable(url, development=False) == in_production
    assert is_callable(url, development=True) == in_development


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://lms.example/roster", True),
        ("https://login.lms.example/roster", True),
        ("https://lms.example:8443/roster", True),
        ("https://campus.lms.example/roster", False),
        ("https://lms.example:22/roster", False),
        ("http://lms.example/roster", False),
        ("https://lms.example.evil.example/roster", False),
        ("", False),
    ],
)
def test_services_lie_at_registered_hosts(url: str, *, kept: bool) -> None:
    found = callable_url(a_platform(), url, development=False)

    assert found == (url if kept else None)


def test_the_operators_word_opens_a_host_and_a_launchs_does_not() -> None:
    url = "https://school.example/roster"
    told, heard = (
        a_platform(frame_origins=["https://school.example"]),
        a_platform(learned_origins=["https://school.example"]),
    )

    assert callable_url(told, url, development=False) == url
    assert callable_url(heard, url, development=False) is None
    assert frame_sources(told) == frame_sources(heard)


def test_a_cloud_school_is_known_by_its_domain() -> None:
    cloud, roster = a_cloud(), "https://school.instructure.com/api/lti/courses/1"

    assert callable_url(cloud, roster, development=False) == roster
    assert callable_url(a_platform(), roster, development=False) is None
    assert (
        callable_url(cloud, "https://instructure.com.evil.example/", development=False)
        is None
    )
    assert "https://*.instructure.com" in frame_sources(cloud)


def test_an_http_line_items_address_of_a_tls_site_is_meant_as_https() -> None:
    canvas = a_platform(family="canvas")
    sent = "http://lms.example/api/lti/courses/1/line_items"

    assert callable_url(canvas, sent, development=False) == sent.replace(
        "http:", "https:"
    )
    assert callable_url(a_platform(), sent, development=False) is None


def test_origins_of_verified_launches_may_frame_us_from_then_on() -> None:
    platform = a_platform()
    urls = {
        "https://school.example/course/1?x#y",
        "https://lms.example/return",
        "http://plain.example/",
        "javascript:alert(1)",
        "https://bad.example;script-src *",
        "",
    }

    learn(platform, urls, development=False)

    assert platform.learned_origins == ["https://school.example"]
    assert frame_sources(platform) == [
        "https://lms.example",
        "https://lms.example:8443",
        "https://login.lms.example",
        "https://school.example",
    ]


def test_of_the_origins_of_launches_the_newest_twenty_are_kept() -> None:
    platform = a_platform(learned_origins=["https://zebra.example"])
    learn(platform, {"https://zoo.example/"}, development=False)

    for number in range(19):
        learn(platform, {f"https://s{number}.example/course"}, development=False)

    assert platform.learned_origins == [
        "https://zoo.example",
        *(f"https://s{number}.example" for number in range(19)),
    ]
    assert "https://zebra.example" not in frame_sources(platform)
