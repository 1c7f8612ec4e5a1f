"""The courses that a program's key opens: those of its tenant that a launch opens, too."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session, contains_eager, joinedload

from gamification.metrics.cursors import cursor_of, place_of
from models import ApiKey, Context, Deployment, Registration

LIST = "courses"


@dataclass(frozen=True, kw_only=True)
class CourseRow:
    """A course, as a program looks it up."""

    id: str
    title: str
    platform: str
    """The issuer of its platform."""
    platform_id: str
    """The platform's id of it."""
    enabled: bool
    """Its own switch: its organisation's and the operator's come before it."""


@dataclass(frozen=True)
class CoursePage:
    rows: list[CourseRow]
    next: str | None


def course_for(session: Session, key: ApiKey, public_id: str) -> Context | None:
    """Return a course of a key's tenant; another's is as if it were not there.

    Nor is one whose platform, or place in it, was disabled: no launch opens it either.
    """
    query = _opened(key).where(Context.public_id == public_id)
    return session.scalar(query.options(joinedload(Context.tenant)))


def courses_for(
    session: Session,
    key: ApiKey,
    *,
    platform_id: str | None = None,
    after: str | None = None,
    limit: int = 50,
) -> CoursePage:
    """Return a page of a key's courses, the newest first, or those of a platform's id.

    One query. Raises BadCursor.
    """
    query = _opened(key)
    if platform_id is not None:
        query = query.where(Context.lti_id == platform_id)
    if after is not None:
        query = query.where(sa.tuple_(Context.id) < place_of(LIST, after, int))
    newest = query.order_by(Context.id.desc()).limit(limit + 1)
    found = session.scalars(newest).all()
    shown = found[:limit]
    more = cursor_of(LIST, shown[-1].id) if len(found) > limit else None
    return CoursePage(list(map(_row, shown)), more)


def _opened(key: ApiKey) -> sa.Select[Context]:
    return (
        sa.select(Context)
        .join(Context.registration)
        .join(Deployment, Deployment.id == Context.deployment_id)
        .where(
            Context.tenant_id == key.tenant_id,
            Registration.state == "active",
            Deployment.state == "active",
        )
        .options(contains_eager(Context.registration))
    )


def _row(context: Context) -> CourseRow:
    return CourseRow(
        id=context.public_id,
        title=context.title,
        platform=context.registration.issuer,
        platform_id=context.lti_id,
        enabled=context.enabled,
    )
