"""Between the browser and the tool: notes what is asked, bends what is answered."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from werkzeug.datastructures import Headers
from werkzeug.wrappers import Request

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

Bend = Callable[[Headers], None]


@dataclass(frozen=True)
class Asked:
    """One request as it reached the tool."""

    method: str
    url: str
    path: str
    headers: Headers

    @property
    def cookies(self) -> str:
        return self.headers.get("Cookie", "")


class Wire:
    """A WSGI middleware; every function in `bends` changes each answer's headers."""

    def __init__(self, app: "WSGIApplication") -> None:
        self._app = app
        self.asked: list[Asked] = []
        self.cookies_set: list[str] = []
        self.bends: list[Bend] = []

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        request = Request(environ)
        asked = Asked(
            request.method, request.url, request.path, Headers(request.headers)
        )
        self.asked.append(asked)

        def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:  # noqa: ANN401 -- WSGI's own signature
            bent = Headers(headers)
            for bend in self.bends:
                bend(bent)
            self.cookies_set += bent.getlist("Set-Cookie")
            return start_response(status, bent.to_wsgi_list(), *rest)

        return self._app(environ, start)

    def to(self, beginning: str) -> list[Asked]:
        """Return the requests whose path begins so, oldest first."""
        return [asked for asked in self.asked if asked.path.startswith(beginning)]


def without_partitioned(headers: Headers) -> None:
    """Answer as if to a browser that does not know partitioned cookies."""
    cookies = headers.getlist("Set-Cookie")
    headers.setlist(
        "Set-Cookie", [cookie.replace("; Partitioned", "") for cookie in cookies]
    )


def without_cookies(headers: Headers) -> None:
    """Answer as if to a browser that keeps no cookie at all."""
    headers.pop("Set-Cookie", None)


def without_policy(headers: Headers) -> None:
    """Answer as if to a browser that knows no content security policy."""
    headers.pop("Content-Security-Policy", None)
