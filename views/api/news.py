"""What a member is told, in the API: one's own news, and which kinds one wants."""

from typing import Any

from flask import Response, jsonify
from flask_openapi3.blueprint import APIBlueprint
from pydantic import BaseModel

from gamification.feedback import (
    BadCursor,
    NewsPage,
    kinds_off,
    mark_seen,
    news_of,
    set_kinds_off,
)
from jobs.clock import now
from jobs.messages import messages_in
from models import LaunchSession
from models.db import db
from views.api import news_schemas as schemas
from views.api.etags import IfMatch, changed_since, tag_of
from views.api.operations import LEARNERS, checked, operation
from views.api.problems import problem
from views.api.writing import guard, whole
from views.guards import launch_alone, launch_session, requires
from views.pages import switch_now
from views.saying import text_of

bp = APIBlueprint("news_api", __name__, url_prefix="/api/v1/me/notifications")
guard(bp)

CHANGES: dict[str, Any] = {"refusals": (415,)}


@bp.get("", **operation(LEARNERS, schemas.NewsList))
@requires(*LEARNERS)
@checked
def get_news(query: schemas.NewsQuery) -> Response:
    """List what the caller was told, the newest first, and how much of it is unseen."""
    launch = launch_session()
    if not _is_on(launch):
        return _told(schemas.NewsList(items=[]))
    try:
        page = news_of(
            db.session(), launch.membership, after=query.cursor, limit=query.limit
        )
    except BadCursor as error:
        return problem(422, f"cursor: {error}")
    return _told(_listed(page))


@bp.post("/seen", **operation(LEARNERS, schemas.Unseen, **CHANGES))
@requires(*LEARNERS)
@checked
@whole
def post_seen(body: schemas.NewsSeen) -> Response:
    """Note that the caller has seen their news; say how much is left."""
    until = int(body.until) if body.until is not None else None
    left = mark_seen(db.session(), launch_session().membership, now(), until)
    db.session.commit()
    return _told(schemas.Unseen(unseen=left if _is_on(launch_session()) else 0))


@bp.get("/preferences", **operation(LEARNERS, schemas.NewsChoices))
@requires(*LEARNERS)
def get_preferences() -> Response:
    """Say which kinds of news the caller does not want; with an `ETag` for changes."""
    return _chosen()


@bp.put("/preferences", **operation(LEARNERS, schemas.NewsChoices, refusals=(412, 415)))
@requires(*LEARNERS)
@checked
@whole
def put_preferences(header: IfMatch, body: schemas.NewsChoice) -> Response:
    """Write no news of the kinds that are named, from now on, and of all the others."""
    launch = launch_alone()
    stale = changed_since(_chosen().get_etag()[0] or "", header)
    if stale is not None:
        return stale
    set_kinds_off(db.session(), launch.membership, body.off, now())
    db.session.commit()
    return _chosen()


def _chosen() -> Response:
    off = kinds_off(db.session(), launch_session().membership)
    response = _told(schemas.NewsChoices.model_validate({"off": off}))
    response.set_etag(tag_of(sorted(off)))
    return response


def _listed(page: NewsPage) -> schemas.NewsList:
    items = [schemas.NewsItem.model_validate(item) for item in page.items]
    if items:
        context = launch_session().context
        said = messages_in(db.session(), context)
        for item, news in zip(items, page.items, strict=True):
            item.text = text_of(news, said, context)
    return schemas.NewsList(items=items, next=page.next, unseen=page.unseen)


def _is_on(launch: LaunchSession) -> bool:
    return switch_now(launch.context).on


def _told(answer: BaseModel) -> Response:
    return jsonify(answer.model_dump(mode="json", exclude_none=False))
