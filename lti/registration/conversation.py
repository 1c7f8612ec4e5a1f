"""The two requests of a registration, sent where they may go and nowhere else."""

import json
from collections.abc import Iterable

import requests

from lti.addresses import origin
from lti.errors import AddressRefused, LTIError
from lti.http import BoundedSession, trusted_of
from lti.login import Door
from lti.networks import addresses_of, refuse_private
from lti.registration.answer import Answer, read_answer
from lti.registration.asking import client_metadata, scopes_for
from lti.registration.configuration import (
    Configuration,
    read_configuration,
    refuse_bad_url,
)
from lti.registration.errors import RegistrationFailed

MOST_BYTES = 256 * 1024
LONGEST_TOKEN = 8192
UNREACHED = (
    "Laurel could not speak with your learning platform. Please try it again; if it "
    "stays so, whoever runs Laurel finds the reason under the error id."
)
"""One text for all, or a stranger could map the network we are in."""


class Conversation:
    """One registration's requests: bounded, never redirected, to public addresses.

    `internal_hosts` may lie in a private network, by the operator's word; in
    development our own machine, too. Whatever goes wrong is a RegistrationFailed.
    """

    def __init__(self, internal_hosts: Iterable[str], *, development: bool) -> None:
        self._internal = tuple(internal_hosts)
        self._development = development

    def discover(self, url: str) -> Configuration:
        """Fetch a platform's configuration exactly as its address is written."""
        refuse_bad_url(url, development=self._development)
        answer = self._send(requests.Request("GET", url))
        if answer.status_code != 200:
            raise RegistrationFailed(f"configuration_{answer.status_code}", UNREACHED)
        found = read_configuration(answer.content, url, development=self._development)
        self._refuse_private_hosts(found)
        return found

    def register(self, configuration: Configuration, door: Door, token: str) -> Answer:
        """Tell a platform of us; the token goes to this one address alone."""
        if len(token) > LONGEST_TOKEN or not (token.isascii() and token.isprintable()):
            raise RegistrationFailed("token", UNREACHED)
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        url = configuration.registration_endpoint
        scopes = scopes_for(configuration)
        body = json.dumps(client_metadata(door, configuration.platform, scopes))
        try:
            answer = self._send(requests.Request("POST", url, headers, data=body))
        except RegistrationFailed as failed:
            # It may have been heard.
            raise RegistrationFailed(
                failed.reason, failed.advice, left_behind=True
            ) from None
        if answer.status_code not in (200, 201):
            raise RegistrationFailed(
                f"registration_{answer.status_code}",
                "Your learning platform refused the registration. Please begin it "
                "again there; the same invitation is still good.",
            )
        return read_answer(answer.content, configuration)

    def _send(self, request: requests.Request) -> requests.Response:
        trusted = trusted_of(
            [str(request.url)], self._internal, development=self._development
        )
        try:
            with BoundedSession(
                trusted, development=self._development, most=MOST_BYTES
            ) as session:
                return session.send(session.prepare_request(request))
        except AddressRefused:
            raise RegistrationFailed("address", UNREACHED) from None
        except (LTIError, requests.RequestException, ValueError):
            raise RegistrationFailed("no_answer", UNREACHED) from None

    def _refuse_private_hosts(self, found: Configuration) -> None:
        """Refuse a platform whose keys or tokens would be fetched from within."""
        trusted = trusted_of(
            found.called, self._internal, development=self._development
        )
        try:
            for url in set(found.called) - trusted:
                there = origin(url)
                refuse_private(addresses_of(there.host, there.port))
        except AddressRefused:
            raise RegistrationFailed("endpoint_private", UNREACHED) from None
        except LTIError:
            raise RegistrationFailed("endpoint_nowhere", UNREACHED) from None
