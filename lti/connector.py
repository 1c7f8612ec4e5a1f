"""The client of a platform's services: a token, a request, a page and the next."""

import json
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urljoin

import jwt
import requests
from pylti1p3.registration import Registration as ConnectorRegistration
from pylti1p3.service_connector import ServiceConnector, TServiceConnectorResponse

from lti import platforms
from lti.addresses import Origin
from lti.errors import (
    AddressRefused,
    LineItemKept,
    PlatformUnavailable,
    ResourceGone,
    ScopeMissing,
    ScoreTooLate,
    ServiceRefused,
    WalkStopped,
)
from lti.http import BoundedSession
from lti.keys import SigningKey
from lti.tokens import AccessToken, TokenCache, TokenKey, read_token, refusal
from models.platform import Registration

ASSERTION_LIFETIME = timedelta(minutes=5)
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
LONGEST_WAIT = 24 * 60 * 60
MAX_PAGES = 1_000
LONGEST_WALK = timedelta(minutes=15)


@dataclass(frozen=True)
class Writing:
    """A request that changes something at a platform."""

    method: str
    url: str
    media_type: str
    body: Mapping[str, object] | None = None


class StrictServiceConnector(ServiceConnector):
    """PyLTI1p3's connector, with bounds: tokens expire, pages stay with their host.

    It keeps no database row, so that no transaction is open while a platform thinks.
    """

    def __init__(
        self,
        registration: Registration,
        key: SigningKey,
        session: BoundedSession,
        tokens: TokenCache,
        clock: Callable[[], datetime],
    ) -> None:
        known = ConnectorRegistration()
        known.set_client_id(registration.client_id)
        known.set_auth_token_url(registration.token_url)
        known.set_auth_audience(registration.audience or registration.token_url)
        super().__init__(known, session)
        self.platform = platforms.of(registration)
        self.clock = clock
        self.asked: set[str] = set()
        self.granted: set[str] = set()
        """What tokens were asked for so far, and what they are good for."""
        self._key = key
        self._tokens = tokens
        self._registration_id = registration.id

    def get_access_token(self, scopes: Sequence[str]) -> str:
        """Return a token for these scopes, kept until a minute before its end."""
        return self._token(scopes)[1].value

    def make_service_request(  # noqa: PLR0913, PLR0917 -- PyLTI1p3's signature
        self,
        scopes: Sequence[str],
        url: str,
        is_post: bool = False,  # noqa: FBT001, FBT002 -- PyLTI1p3's signature
        data: str | None = None,
        content_type: str = "application/json",
        accept: str = "application/json",
        case_insensitive_headers: bool = True,  # noqa: ARG002, FBT001, FBT002 -- PyLTI1p3's signature
    ) -> TServiceConnectorResponse:
        """Call a service; a refused token is replaced once.

        Raises PlatformUnavailable (with the platform's wish for a pause),
        ScopeMissing, ResourceGone or ServiceRefused; AddressRefused before anything
        is sent. Numbers with a point come as Decimal, exactly as written.
        """
        headers = {"Accept": accept}
        if is_post:
            headers["Content-Type"] = content_type
        method = "POST" if is_post else "GET"
        request = requests.Request(method, url, headers=headers, data=data or None)
        answer = self._ask(scopes, request)
        link = self.platform.next_url(answer.headers.get("Link", ""))
        return {
            "headers": answer.headers,
            "body": _parsed(answer.content) if answer.content else None,
            "next_page_url": urljoin(url, link) if link else None,
        }

    def write(self, scopes: Sequence[str], writing: Writing) -> Any:  # noqa: ANN401 -- JSON is anything
        """Have a service write; return what it answers, None if that is nothing.

        Raises what `make_service_request` raises, ScoreTooLate and LineItemKept.
        """
        headers = {"Accept": writing.media_type, "Content-Type": writing.media_type}
        body = None if writing.body is None else json.dumps(writing.body)
        request = requests.Request(
            writing.method, writing.url, headers=headers, data=body
        )
        answer = self._ask(scopes, request)
        return _parsed(answer.content) if answer.content else None

    def pages(self, scopes: Sequence[str], url: str, accept: str) -> Iterator[Any]:
        """Yield the bodies of a list's pages, to the end.

        Raises WalkStopped when the list names a page on another host, a page it gave
        before, or has no end; what was yielded until then is good.
        """
        origin, seen = Origin.of(url), set[str]()
        deadline = self.clock() + LONGEST_WALK
        following: str | None = url
        while following:
            if Origin.of(following) != origin:
                raise WalkStopped("The next page lies on another host.")
            if following in seen:
                raise WalkStopped("The pages go round in a circle.")
            if len(seen) == MAX_PAGES or self.clock() > deadline:
                raise WalkStopped("The pages have no end.")
            seen.add(following)
            answer = self.make_service_request(scopes, following, accept=accept)
            yield answer["body"]
            following = answer["next_page_url"]

    def _ask(
        self, scopes: Sequence[str], request: requests.Request
    ) -> requests.Response:
        if Origin.of(request.url or "") is None:
            raise AddressRefused("A service's address is no web address.")
        answer = self._send(request, *self._token(scopes))
        if answer.status_code == 401:  # it may have ended before its time
            answer = self._send(request, *self._token(scopes))
        self._refuse_failure(answer)
        return answer

    def _send(
        self, request: requests.Request, key: TokenKey, token: AccessToken
    ) -> requests.Response:
        request.headers["Authorization"] = f"Bearer {token.value}"
        session = self._requests_session
        answer = session.send(session.prepare_request(request))
        if answer.status_code == 401:
            self._tokens.drop(key, token)
        return answer

    def _token(self, scopes: Sequence[str]) -> tuple[TokenKey, AccessToken]:
        key = TokenKey(
            self._registration_id,
            str(self._registration.get_client_id()),
            str(self._registration.get_auth_token_url()),
            frozenset(scopes),
        )
        token = self._tokens.get(key, self.clock(), lambda: self._fetch_token(key))
        self.asked |= key.scopes
        self.granted |= key.scopes & token.scopes
        if missing := key.scopes - token.scopes:
            names = ", ".join(sorted(scope.rsplit("/", 1)[-1] for scope in missing))
            raise ScopeMissing(f"The platform does not grant us the scope {names}.")
        return key, token

    def _fetch_token(self, key: TokenKey) -> AccessToken:
        now = self.clock()
        claims = {
            "iss": key.client_id,
            "sub": key.client_id,
            "aud": str(self._registration.get_auth_audience()),
            "iat": int(now.timestamp()),
            "exp": int((now + ASSERTION_LIFETIME).timestamp()),
            "jti": secrets.token_urlsafe(16),
        }
        assertion = jwt.encode(
            claims, self._key.private, "RS256", headers={"kid": self._key.kid}
        )
        form = {
            "grant_type": "client_credentials",
            "client_assertion_type": ASSERTION_TYPE,
            "client_assertion": assertion,
            "scope": " ".join(sorted(key.scopes)),
        }
        answer = self._requests_session.post(key.token_url, data=form)
        if 400 <= answer.status_code < 500 and not self._is_temporary(answer):
            raise refusal(answer)
        self._refuse_failure(answer)
        return read_token(answer, key.scopes, now)

    def _is_temporary(self, answer: requests.Response) -> bool:
        status, body = answer.status_code, answer.content
        is_client_error = 400 <= status < 500
        return not is_client_error or self.platform.is_throttled(status, body)

    def _refuse_failure(self, answer: requests.Response) -> None:
        """Raise what an answer outside the two hundreds means, without its text."""
        status = answer.status_code
        if 200 <= status < 300:
            return
        if self._is_temporary(answer):
            pause = _seconds(answer.headers.get("Retry-After", ""), self.clock())
            message = f"The platform answers with status {status}."
            raise PlatformUnavailable(message, retry_after=pause)
        if self.platform.is_too_late(status, answer.content):
            message = "The platform has a later score."
            raise ScoreTooLate(message, status=status)
        if self.platform.lacks_scope(status, answer.content):
            message = "The platform does not let us use this service."
            raise ScopeMissing(message, status=status)
        is_deletion = answer.request.method == "DELETE"
        if is_deletion and self.platform.keeps_line_item(status, answer.content):
            message = "The platform keeps it for the activity that brought it."
            raise LineItemKept(message, status=status)
        if status in {404, 410}:
            raise ResourceGone("The platform no longer has it.", status=status)
        message = f"The platform refuses the request (status {status})."
        raise ServiceRefused(message, status=status)


def _parsed(content: bytes) -> Any:  # noqa: ANN401 -- JSON is anything
    try:
        # Not-a-number stays one: the row that has it is dropped, not the page.
        return json.loads(content, parse_float=Decimal, parse_constant=Decimal)
    except (ValueError, RecursionError, ArithmeticError):
        raise PlatformUnavailable("The platform answers no JSON.") from None


def _seconds(retry_after: str, now: datetime) -> int | None:
    """Return the pause a platform wishes: seconds or a date (RFC 9110, 10.2.3)."""
    if retry_after.isdecimal():
        return min(int(retry_after[:9]), LONGEST_WAIT)
    try:
        pause = parsedate_to_datetime(retry_after) - now
    except (ValueError, TypeError):
        return None
    return min(max(int(pause.total_seconds()), 0), LONGEST_WAIT)
