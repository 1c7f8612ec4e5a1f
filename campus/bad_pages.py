"""Faults of what a page of members, line items or results holds.

campus.faults.on("memberships", next_link("http://elsewhere.example/?page=2"))
campus.faults.on("results", with_malformed_results())
"""

from itertools import count

from flask import Response

from campus.faults import Fault, Honest, changed

MALFORMED_MEMBERS: tuple[object, ...] = (
    None,
    "17",
    [],
    {},
    {"user_id": 17, "roles": ["Learner"]},
    {"user_id": "", "roles": ["Learner"]},
    {"user_id": "9" * 300, "roles": ["Learner"]},
    {"user_id": "no-roles"},
    {"user_id": "roles-are-text", "roles": "Learner"},
    {"user_id": "roles-are-mixed", "roles": [None, 1, {}]},
    {"user_id": "odd-status", "roles": ["Learner"], "status": "Asleep"},
    {"user_id": "odd-name", "roles": ["Learner"], "name": ["a", "b"]},
)
MALFORMED_RESULTS: tuple[object, ...] = (
    None,
    "80",
    {},
    {"userId": "no-score"},
    {"userId": 17, "resultScore": 5, "resultMaximum": 10},
    {"userId": "", "resultScore": 5, "resultMaximum": 10},
    {"userId": "score-is-text", "resultScore": "five", "resultMaximum": 10},
    {"userId": "score-is-huge", "resultScore": 1e300, "resultMaximum": 10},
    {"userId": "score-is-true", "resultScore": True, "resultMaximum": 10},
    {"userId": "negative", "resultScore": -5, "resultMaximum": 10},
    {"userId": "maximum-is-zero", "resultScore": 5, "resultMaximum": 0},
    {"userId": "maximum-is-missing", "resultScore": 5},
    {"userId": "odd-time", "resultScore": 5, "resultMaximum": 10, "timestamp": "noon"},
)


def with_malformed_members() -> Fault:
    """Put rows that are no members before the honest ones."""
    return changed(lambda body: _with_members(body, [*MALFORMED_MEMBERS], at=0))


def with_repeated_member() -> Fault:
    """Send the first member of the first spoiled page on every later page too."""
    seen: list[object] = []

    def change(body: object) -> object:
        members = body.get("members", []) if isinstance(body, dict) else []
        if not seen:
            seen.extend(members[:1])
            return body
        return _with_members(body, seen, at=len(members))

    return changed(change)


def with_malformed_results() -> Fault:
    """Put rows that are no results before the honest ones."""
    return changed(lambda body: [*MALFORMED_RESULTS, *_rows(body)])


def next_link(url: str) -> Fault:
    """Name any address as the next page; the request's own one makes a loop."""

    def fault(honest: Honest) -> Response:
        answer = honest()
        answer.headers["Link"] = f'<{url}>; rel="next"'
        return answer

    return fault


def endless_pages(url: str) -> Fault:
    """Name ever new addresses under `url` as the next page."""
    pages = count(2)

    def fault(honest: Honest) -> Response:
        answer = honest()
        joint = "&" if "?" in url else "?"
        answer.headers["Link"] = f'<{url}{joint}again={next(pages)}>; rel="next"'
        return answer

    return fault


def _with_members(body: object, rows: list[object], *, at: int) -> object:
    if not isinstance(body, dict):
        return body
    members = body.get("members", [])
    return {**body, "members": [*members[:at], *rows, *members[at:]]}


def _rows(body: object) -> list[object]:
    return body if isinstance(body, list) else []
