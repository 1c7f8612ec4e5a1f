"""What a course's staff sees: the switches, how fresh all is, the class."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self
from urllib.parse import urlencode

from flask import url_for

from gamification.awards import badges_for
from gamification.copying.sources import Source, proposed_source
from gamification.metrics.sources import unfed
from gamification.standings import BadCursor, ClassPage, class_list, digest
from gamification.standings import Page as ListPage
from gamification.standings.class_list import Sort
from jobs.catalog import current_catalog
from jobs.clock import now
from jobs.freshness import SourceFreshness, freshness
from models import LaunchSession
from models.db import db
from models.texts import one_line
from views.pages import TEACHERS, Page, has_board, settings, switch_now
from views.wording import counted, grouped
from views.zones import zones

PAGE = 50
SORTS: dict[Sort, str] = {
    "name": "By name",
    "points": "By points",
    "badges": "By badges",
}
SOURCES = {"roster": "People in the course", "results": "Results"}
NO_ITEMS = (
    "The course site shows a tool only the results of activities that were made from "
    "its own links. There are none yet, so nobody earns by results."
)
READ = {"people": "person", "items": "item", "results": "result"}


@dataclass(frozen=True)
class Earnable:
    """A badge as it can be earned, whoever looks."""

    key: str
    label: str
    icon: str
    description: str
    criterion_text: str
    metric: str
    is_held: bool = False


@dataclass(frozen=True)
class Fed:
    """One source of a course, in words."""

    label: str
    succeeded_at: datetime | None
    error: str | None
    summary: str
    dropped: list[str]
    hint: str = ""
    """Why it is so, where that is not plain."""
    asks: str | None = None
    """What a teacher may believe of it: `leavers` or `cleared`."""


@dataclass(frozen=True)
class Asked:
    """Which part of the class is asked for."""

    search: str = ""
    sort: Sort = "name"
    after: str | None = None

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> Self:
        """Read an address; what makes no sense is as if it were not there."""
        asked = query.get("sort")
        return cls(
            search=one_line(query.get("search", ""))[:100],
            sort=next((sort for sort in SORTS if sort == asked), "name"),
            after=query.get("after") or None,
        )

    def route(self, after: str | None = None) -> str:
        """Return the route of this list, or of its page after a cursor."""
        asked = {"search": self.search, "sort": self.sort, "after": after or ""}
        return f"class?{urlencode({k: v for k, v in asked.items() if v})}"


def manage(launch: LaunchSession, notice: str = "") -> Page:
    """Return the course's switches, its freshness and what can be earned in it.

    `notice` says why it is shown in the place of another; not where all is off.
    """
    context, switch = launch.context, switch_now(launch.context)
    fresh = freshness(db.session(), context)
    return Page(
        "instructor/manage.html",
        "Course",
        "manage",
        "manage",
        {
            "catalog": earnable(launch),
            "course": context,
            "is_recounted": fresh.is_recounted,
            "is_waiting": fresh.is_waiting,
            "may_manage": launch.role in TEACHERS,
            "notice": notice if switch.on else "",
            "proposal": _proposal(launch),
            "settings_url": url_for(
                "course_api.put_settings", course_id=context.public_id
            ),
            "sources": [_in_words(source) for source in fresh.sources],
            "switch": switch,
            "sync_minutes": settings().sync_every_minutes,
            "week": digest(db.session(), context, now(), switch=switch),
            "zones": zones(),
        },
    )


def _proposal(launch: LaunchSession) -> Source | None:
    """Return the earlier course that this one is a copy of, if somebody may decide."""
    if launch.role not in TEACHERS:
        return None
    return proposed_source(db.session(), launch.membership)


def badges(launch: LaunchSession, notice: str = "") -> Page:
    """Return every badge of the course, as a learner reads it before earning it."""
    return Page(
        "instructor/badges.html",
        "Badges",
        "badges",
        "badges",
        {
            "catalog": earnable(launch),
            "notice": notice,
            "unfed": unfed(db.session(), launch.context.id),
        },
    )


def earnable(launch: LaunchSession) -> list[Earnable]:
    """Return the course's badges; while it is off, those it would begin with."""
    switch = switch_now(launch.context)
    if switch.on:
        roster = badges_for(db.session(), launch.membership, now(), switch=switch)
        return [
            Earnable(
                badge.key,
                badge.label,
                badge.icon,
                badge.description,
                badge.criterion_text,
                badge.metric,
                badge.withheld == "held",
            )
            for badge in roster.badges
            if not badge.retired
        ]
    tenant = launch.context.tenant.key
    return [
        Earnable(
            entry.key,
            entry.label,
            entry.icon,
            entry.description,
            entry.criterion.sentence,
            entry.criterion.metric,
        )
        for entry in current_catalog().of(tenant).entries
    ]


def people(launch: LaunchSession, asked: Asked) -> Page:
    """Return one page of the class, with points and badges."""
    found = _class(launch, asked)
    return Page(
        "instructor/people.html",
        "Class",
        asked.route(asked.after),
        "class",
        {
            "caption": f"The class, {SORTS[asked.sort].lower()}",
            "first_route": asked.route(),
            "has_board": has_board(launch),
            "is_later_page": asked.after is not None,
            "next_route": found.next and asked.route(found.next),
            "people": found.rows,
            "search": asked.search,
            "sort": asked.sort,
            "sorts": SORTS,
        },
    )


def _class(launch: LaunchSession, asked: Asked) -> ClassPage:
    """Return the page asked for; a cursor that makes no sense begins anew."""
    session, context = db.session(), launch.context
    try:
        page = ListPage(asked.sort, asked.after, PAGE)
        return class_list(session, context, now(), search=asked.search, page=page)
    except BadCursor:
        page = ListPage(asked.sort, limit=PAGE)
        return class_list(session, context, now(), search=asked.search, page=page)


def _in_words(source: SourceFreshness) -> Fed:
    counts = source.counts
    read = [
        counted(counts[name], noun) for name, noun in READ.items() if name in counts
    ]
    return Fed(
        label=SOURCES.get(source.source, source.source),
        succeeded_at=source.succeeded_at,
        error=source.error,
        summary=f"Read {', '.join(read)}." if read else "",
        dropped=_dropped(counts),
        hint=NO_ITEMS if counts.get("items") == 0 else "",
        asks=source.asks,
    )


def _dropped(counts: Mapping[str, Any]) -> list[str]:
    reasons: Mapping[str, int] = counts.get("dropped", {})
    return [
        f"{grouped(number)} left out: {reason}" for reason, number in reasons.items()
    ]
