"""What a platform is asked for, and that the manual says so."""

import pytest

from config import ROOT
from lti.login import Door
from lti.platforms import FAMILIES
from lti.platforms.base import Platform
from lti.registration.asking import client_metadata, scopes_for
from lti.registration.configuration import Configuration
from lti.registration.words import CORE_SCOPES, TOOL

DOOR = Door("https://laurel.example:8443", "abc")
EVERY: tuple[type[Platform], ...] = (Platform, *FAMILIES.values())


def a_configuration(scopes: frozenset[str] | None) -> Configuration:
    url = "https://lms.example"
    return Configuration(
        url=f"{url}/openid",
        issuer=url,
        authorization_endpoint=f"{url}/auth",
        token_endpoint=f"{url}/token",
        jwks_uri=f"{url}/jwks",
        registration_endpoint=f"{url}/register",
        scopes=scopes,
    )


@pytest.mark.parametrize("platform", EVERY)
def test_every_variable_is_in_the_manual(platform: type[Platform]) -> None:
    manual = (ROOT / "docs" / "operating.md").read_text()
    asked = platform().custom_parameters()

    assert {name for name in asked if f"`{name}`" not in manual} == set()


@pytest.mark.parametrize("platform", EVERY)
def test_a_description_holds_what_every_platform_demands(
    platform: type[Platform],
) -> None:
    """Moodle refuses one without these (registration_helper.php)."""
    asked = client_metadata(DOOR, platform(), CORE_SCOPES)

    assert asked[TOOL]["domain"] == "laurel.example:8443"
    assert asked[TOOL]["target_link_uri"] == asked["redirect_uris"][0]
    assert asked["initiate_login_uri"] == "https://laurel.example:8443/lti/login/abc"
    assert asked["token_endpoint_auth_method"] == "private_key_jwt"  # noqa: S105 -- the name of a method
    assert (asked["application_type"], asked["response_types"]) == ("web", ["id_token"])


def test_no_name_or_address_is_asked_for_by_a_variable() -> None:
    values = {v for one in EVERY for v in one().custom_parameters().values()}

    assert [v for v in values if "name.full" in v or "email" in v] == []


def test_only_scopes_that_a_platform_has_are_asked_for() -> None:
    """An unknown one is an error in Canvas."""
    some = frozenset({CORE_SCOPES[0], "openid", "https://lms.example/own"})

    assert scopes_for(a_configuration(some)) == [CORE_SCOPES[0]]
    assert scopes_for(a_configuration(None)) == list(CORE_SCOPES)
