"""Whom a platform's word reaches: who may frame us, and where it may send us."""

from lti import platforms
from lti.addresses import PORTS, Origin, is_callable
from models import Registration

MOST_LEARNED = 20


def frame_sources(registration: Registration) -> list[str]:
    """Return who may frame us for this platform, as CSP sources.

    The operator's word, the registered addresses, and what launches told.
    """
    registered = {str(origin) for origin in _registered(registration)}
    said = {*registration.frame_origins, *registration.learned_origins}
    quirks = platforms.of(registration).frame_sources(registration)
    return sorted(registered | said | quirks)


def callable_url(
    registration: Registration, url: str, *, development: bool
) -> str | None:
    """Return a service's address if it lies at the platform, else None.

    A signed launch is the platform's word, not the operator's: it must not make us
    call hosts that were never registered (SSRF).
    """
    platform = platforms.of(registration)
    meant = platform.service_url(url, registration)
    found = Origin.of(meant)
    if found is None or not is_callable(meant, development=development):
        return None
    known = _registered(registration)
    known |= {o for url in registration.frame_origins if (o := Origin.of(url))}
    owned = found.port == 443 and platform.owns(found.host, registration)
    return meant if found in known or owned else None


def is_at_home(registration: Registration, url: str, *, development: bool) -> bool:
    """Tell whether an address lies where the platform is known to be.

    That is what may frame us, and a school's host in a platform's cloud: it is for
    what a browser takes there, and calls nobody.
    """
    found = Origin.of(url)
    if found is None or not is_callable(url, development=development):
        return False
    owned = found.port == PORTS["https"] and platforms.of(registration).owns(
        found.host, registration
    )
    known = {Origin.of(source) for source in frame_sources(registration)}
    return owned or found in known


def learn(registration: Registration, urls: set[str], *, development: bool) -> None:
    """Remember from where a verified launch came, so that it may frame us.

    The newest twenty are kept: a policy that grows with every launch is too long to
    be sent one day, and nobody frames us any more.
    """
    told = {
        str(Origin.of(url))
        for url in urls
        if url and is_callable(url.partition("#")[0], development=development)
    }
    known = set(frame_sources(registration))
    if news := sorted(told - known):
        learned = [*registration.learned_origins, *news]
        registration.learned_origins = learned[-MOST_LEARNED:]


def _registered(registration: Registration) -> set[Origin]:
    urls = (
        registration.issuer,
        registration.auth_login_url,
        registration.token_url,
        registration.jwks_url,
    )
    return {found for url in urls if (found := Origin.of(url))}
