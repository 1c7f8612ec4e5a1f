"""How we call a platform: briefly, in small portions and never where we must not."""

import ipaddress
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

from lti.addresses import Origin, is_callable
from lti.errors import AddressRefused, PlatformUnavailable
from models.platform import Registration

CONNECT_SECONDS, READ_SECONDS, TOTAL_SECONDS = 3, 10, 20
MAX_BYTES = 2 * 2**20
CHUNK_BYTES = 64 * 1024
HTTPS_PORT = 443


class BoundedSession(requests.Session):
    """A requests session that a slow, huge or sly platform cannot hold.

    Time-outs (3 s to connect, 10 s between bytes, 20 s in all) and 2 MiB of unpacked
    body; no redirects, cookies, proxies or credentials from the environment. Origins
    the operator registered may lie in a private network, and on a loopback host speak
    http in development; everything else must be https at a public address.

    Every request raises AddressRefused before a byte is sent to a forbidden address,
    and PlatformUnavailable for whatever goes wrong on the way. An answer with any
    status is an answer, a redirect too; its body is loaded.
    """

    def __init__(
        self, trusted: Iterable[str] = (), *, development: bool = False
    ) -> None:
        super().__init__()
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
                body = _body(response)
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as e:
            # Neither the address nor the library's message: both may hold secrets.
            raise PlatformUnavailable(f"No answer ({type(e).__name__}).") from None
        response.raw = BytesIO(body)
        return response


def session_for(registration: Registration, *, development: bool) -> BoundedSession:
    """Return a session that trusts the addresses the operator registered."""
    trusted = {
        registration.auth_login_url,
        registration.token_url,
        registration.jwks_url,
        *registration.frame_origins,
    }
    return BoundedSession(trusted, development=development)


def _body(response: requests.Response) -> bytes:
    body = bytearray()
    with response:
        for chunk in response.raw.stream(CHUNK_BYTES, decode_content=True):
            body += chunk
            if len(body) > MAX_BYTES:
                raise PlatformUnavailable("The answer is larger than 2 MiB.")
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
        if watch.is_over:  # what was read until then may look whole
            raise PlatformUnavailable("The answer took longer than 20 seconds.")
    finally:
        _watch.reset(before)
        watch.stop()


class _Watched(HTTPConnection):
    def _new_conn(self) -> socket.socket:
        line = super()._new_conn()
        _watch.get().follow(line)
        return line

    def getresponse(self) -> urllib3.HTTPResponse:  # type: ignore[override] # as urllib3's own
        if self.sock is not None:
            _watch.get().follow(self.sock)
        return super().getresponse()


class _WatchedSecure(_Watched, HTTPSConnection):
    pass


class _PublicSecure(_WatchedSecure):
    def _new_conn(self) -> socket.socket:
        _refuse_private(_addresses_of(self.host, self.port or HTTPS_PORT))
        line = super()._new_conn()
        try:
            # The name may have been answered differently this time.
            _refuse_private({line.getpeername()[0]})
        except AddressRefused:
            line.close()
            raise
        return line


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


def _addresses_of(host: str, port: int) -> set[str]:
    with suppress(ValueError):  # a number needs no name server
        return {str(ipaddress.ip_address(host.strip("[]")))}
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError:
        raise PlatformUnavailable("The platform's host has no address.") from None
    return {str(entry[4][0]) for entry in found}


def _refuse_private(addresses: set[str]) -> None:
    for text in addresses:
        address = ipaddress.ip_address(text.partition("%")[0])
        address = getattr(address, "ipv4_mapped", None) or address
        if not address.is_global or address.is_multicast:
            raise AddressRefused("An address lies in a private network.")
