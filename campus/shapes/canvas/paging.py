"""Pages as Canvas names them: addresses a client follows and does not read."""

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from flask import Request

from campus.paging import Page, Row, page_of, whole_number
from campus.wire import Refused

if TYPE_CHECKING:
    from campus.state import Campus

BOOKMARK = "bookmark:"


@dataclass(frozen=True)
class PageSize:
    default: int
    largest: int

    def asked(self, request: Request) -> int:
        """Return the size for a request; a larger one than the largest is cut."""
        asked = whole_number(request, "limit") or whole_number(request, "per_page")
        return min(asked or self.default, self.largest)


def asked_page(request: Request, rows: Sequence[Row], size: PageSize) -> Page[Row]:
    """Return the page a request asks for.

    A bookmark whose letters were folded to lower case says nothing any more: 400.
    """
    limit = size.asked(request)
    page = request.args.get("page", "1")
    if page.startswith(BOOKMARK):
        start = _opened(page.removeprefix(BOOKMARK))
    elif page.isdecimal() and page != "0":
        start = (int(page) - 1) * limit
    else:
        raise Refused(400, "Invalid page")
    return page_of(rows, start, limit)


def page_links(
    campus: "Campus", request: Request, page: Page[Row], size: PageSize
) -> str:
    """Return the Link header: this page, the first and, if there is one, the next."""
    starts = {"current": page.start, "first": 0}
    if page.following is not None:
        starts["next"] = page.following
    limit = size.asked(request)
    kept = [
        (name, value)
        for name, value in request.args.items(multi=True)
        if name not in ("limit", "page", "per_page")
    ]
    links = []
    for relation, start in starts.items():
        name = _sealed(start) if campus.quirks.opaque_pages else start // limit + 1
        query = urlencode([*kept, ("page", name), ("per_page", limit)])
        links.append(f'<{campus.base_url}{request.path}?{query}>; rel="{relation}"')
    return ",".join(links)


def _sealed(start: int) -> str:
    text = f'{{"From": {start}, "Sort": "ID"}}'
    return BOOKMARK + base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _opened(bookmark: str) -> int:
    try:
        text = base64.urlsafe_b64decode(bookmark + "=" * (-len(bookmark) % 4)).decode()
    except (binascii.Error, UnicodeDecodeError) as error:
        raise Refused(400, "Invalid bookmark") from error
    start = text.removeprefix('{"From": ').removesuffix(', "Sort": "ID"}')
    if not start.isdecimal():
        raise Refused(400, "Invalid bookmark")
    return int(start)
