"""How we call a platform: briefly, in small portions and never where we must not."""

import socket
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from http.cookiejar import DefaultCookiePolicy
from io import BytesIO
from threading import Timer
from typing import Any

import requests
import urllib3
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from lti.addresses import LOOPBACK, Origin, is_callable
from lti.errors import AddressRefused, PlatformUnavailable
from lti.networks import addresses_of, refuse_private
from models.platform import Registration

CONNECT_SECONDS, READ_SECONDS, TOTAL_SECONDS = 3, 10, 20
MAX_BYTES = 2 * 2**20
CHUNK_BYTES = 64 * 1024
MOST_ADDRESSES = 4
"""So many of a host's addresses are tried; each may be silent for 3 seconds."""
HTTPS_PORT = 443


class BoundedSession(requests.Session):
    """A requests session that a slow, huge or sly platform cannot hold.

    Time-outs (3 s to connect to each of four addresses, 10 s between bytes, 20 s in
    all) and `most` bytes of unpacked body, 2 MiB if not said; no redirects, cookies,
    proxies or credentials from the environment. Asking for a host's addresses takes as
    long as the machine's resolver lets it: that time counts, and nobody is called once
    it is up, but it cannot be cut short. Origins the operator registered may lie in a
    private network, and on a loopback host speak http in development; everything else
    must be https at a public address.

    Every request raises AddressRefused before a byte is sent to a forbidden address,
    and PlatformUnavailable for whatever goes wrong on the way. An answer with any
    status is an answer, a redirect too; its body is loaded.
    """

    def __init__(
        self,
        trusted: Iterable[str] = (),
        *,
        development: bool = False,
        most: int = MAX_BYTES,
    ) -> None:
        super().__init__()
        self._most = most
        self.trust_env = False
        self.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        self.headers["User-Agent"] = "Laurel/0.1"
        self._trusted = {
            Origin.of(url)
            for url in trusted
            if is_callable(url, development=development)
        }
        self._private = _Adapter(http=_Pool, https=_SecurePool)
        self._public = _Adapter(https=_PublicPool)
        self.adapters.clear()

    def close(self) -> None:
        """Close the connections that are kept for the next request."""
        self._private.close()
        self._public.close()

    def get_adapter(self, url: str | bytes) -> HTTPAdapter:
        """Return the way to an address; only a trusted one may be private."""
        origin = Origin.of(str(url))
        if origin is None:
            raise AddressRefused("It is no web address.")
        if origin in self._trusted:
            return self._private
        if origin.scheme != "https":
            raise AddressRefused(f"{origin} is neither registered nor https.")
        return self._public

    def get_redirect_target(self, resp: requests.Response) -> None:
        """Follow nothing: whoever answers elsewhere is not whom we asked."""

    def send(
        self,
        request: requests.PreparedRequest,
        **kwargs: Any,  # noqa: ANN401 -- requests' signature
    ) -> requests.Response:
        """Send a request and load its answer within the bounds of this class."""
        kwargs |= {"timeout": (CONNECT_SECONDS, READ_SECONDS), "stream": True}
        try:
            with _hang_up_after(TOTAL_SECONDS):
                response = super().send(request, **kwargs)
                body = _body(response, self._most)
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as e:
            # Neither the address nor the library's message: both may hold secrets.
            raise PlatformUnavailable(f"No answer ({type(e).__name__}).") from None
        response.raw = BytesIO(body)
        return response


def session_for(registration: Registration, *, development: bool) -> BoundedSession:
    """Return a session that trusts the addresses the operator registered.

    Those that a platform named itself are trusted where the operator named their
    hosts; elsewhere they must be public.
    """
    registered = {
        registration.auth_login_url,
        registration.token_url,
        registration.jwks_url,
    }
    trusted = trusted_of(
        registered, registration.internal_hosts, development=development
    )
    trusted.update(registration.frame_origins)
    return BoundedSession(trusted, development=development)


def trusted_of(
    urls: Iterable[str], hosts: Iterable[str] | None, *, development: bool
) -> set[str]:
    """Return those of some addresses that may lie in a private network.

    They are on one of `hosts` (None: all are), or in development on this machine.
    """
    if hosts is None:
        return set(urls)
    private = {*hosts, *(LOOPBACK if development else ())}
    return {url for url in urls if (found := Origin.of(url)) and found.host in private}


def _body(response: requests.Response, most: int) -> bytes:
    body = bytearray()
    with response:
        for chunk in response.raw.stream(CHUNK_BYTES, decode_content=True):
            body += chunk
            if len(body) > most:
                raise PlatformUnavailable(
                    f"The answer is larger than {most // 1024} KiB."
                )
    return bytes(body)


class _Watch:
    """Hangs up on whoever keeps us waiting, at the handshake or between bytes.

    A time-out is per read: a platform that sends a byte every nine seconds would
    hold us for weeks.
    """

    def __init__(self, seconds: float) -> None:
        self._line: socket.socket | None = None
        self.is_over = False
        self._timer = Timer(seconds, self._hang_up)
        self._timer.daemon = True
        self._timer.start()

    def follow(self, line: socket.socket) -> None:
        # A copy: TLS takes the socket's descriptor away from the object.
        self._forget()
        self._line = socket.fromfd(line.fileno(), line.family, line.type)
        if self.is_over:
            self._hang_up()

    def refuse_if_over(self) -> None:
        if self.is_over:
            raise PlatformUnavailable("The answer took longer than 20 seconds.")

    def stop(self) -> None:
        self._timer.cancel()
        self._timer.join()
        self._forget()

    def _hang_up(self) -> None:
        self.is_over = True
        if self._line is not None:
            with suppress(OSError):  # the platform may have hung up first
                self._line.shutdown(socket.SHUT_RDWR)

    def _forget(self) -> None:
        if self._line is not None:
            self._line.close()


_watch: ContextVar[_Watch] = ContextVar("watch")


@contextmanager
def _hang_up_after(seconds: float) -> Iterator[None]:
    watch = _Watch(seconds)
    before = _watch.set(watch)
    try:
        yield
        watch.refuse_if_over()  # what was read until then may look whole
    finally:
        _watch.reset(before)
        watch.stop()


class _Watched(HTTPConnection):
    def _new_conn(self) -> socket.socket:
        """Connect to one of the host's addresses; the name is asked for once.

        Asked twice, it may be answered differently the second time. The certificate
        is checked for the name all the same: urllib3 reads `host` for that later.
        """
        addresses, name = self._addresses(), self._dns_host
        try:
            line = self._first_that_answers(addresses[:MOST_ADDRESSES])
        finally:
            self._dns_host = name
        _watch.get().follow(line)
        return line

    def _addresses(self) -> list[str]:
        return addresses_of(self.host, self.port or HTTPS_PORT)

    def _first_that_answers(self, addresses: list[str]) -> socket.socket:
        *others, last = addresses
        for address in others:
            with suppress(urllib3.exceptions.HTTPError):
                return self._connected(address)
        return self._connected(last)

    def _connected(self, address: str) -> socket.socket:
        _watch.get().refuse_if_over()
        self._dns_host = address
        return super()._new_conn()

    def getresponse(self) -> urllib3.HTTPResponse:  # type: ignore[override] # as urllib3's own
        if self.sock is not None:
            _watch.get().follow(self.sock)
        return super().getresponse()


class _WatchedSecure(_Watched, HTTPSConnection):
    pass


class _PublicSecure(_WatchedSecure):
    def _addresses(self) -> list[str]:
        addresses = super()._addresses()
        refuse_private(addresses)
        return addresses


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Watched


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _WatchedSecure


class _PublicPool(HTTPSConnectionPool):
    ConnectionCls = _PublicSecure


class _Adapter(HTTPAdapter):
    def __init__(self, **pools: type[HTTPConnectionPool]) -> None:
        super().__init__()
        self.poolmanager.pool_classes_by_scheme = pools
