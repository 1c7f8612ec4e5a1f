"""Courses that are ready to be synchronised, and a look at what came of it."""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from flask_openapi3.openapi import OpenAPI
from sqlalchemy.orm import Session

from campus.records import Course
from jobs.clock import now
from jobs.steps import Consent
from jobs.sync import SyncReport, request_sync, sync_course
from models import Context, Contribution, Item, Membership, SyncState, UserIdentity
from tests.factories import a_context
from tests.support.platform import Registered


def a_course(
    session: Session,
    registered: Registered,
    course: Course | None = None,
    **columns: Any,  # noqa: ANN401 -- any other column of the row
) -> Context:
    """Write a course of the campus down as a launch of it would; commit."""
    campus, tool = registered.campus, registered.cast.tool
    course = course or registered.cast.course
    values = {
        "lti_id": course.context_id,
        "title": course.title,
        "memberships_url": campus.shape.memberships_url(campus, course, tool),
        "lineitems_url": campus.shape.line_items_url(campus, course, tool),
        "ags_scopes": list(tool.grade_scopes),
        **columns,
    }
    context = a_context(session, registration=registered.registration, **values)
    session.commit()
    return context


@dataclass
class Desk:
    """An operator's desk: one course, synchronised at will, and what is known of it."""

    app: OpenAPI
    session: Session
    context: Context
    registered: Registered

    def sync(self, *, now_please: bool = True, **consent: bool) -> SyncReport:
        self.session.commit()
        context_id = self.context.id
        self.session.rollback()
        with self.app.app_context():
            report = sync_course(
                context_id, now_please=now_please, consent=Consent(**consent)
            )
        self.session.expire_all()
        return report

    def ask(self, *, now_please: bool = False) -> bool:
        """Ask for a synchronisation as a launch does, or a human; commit."""
        context = self.session.merge(self.context)
        with self.app.app_context():
            is_asked = request_sync(self.session, context, now(), now_please=now_please)
            self.session.commit()
        return is_asked

    def people(self) -> dict[str, tuple[str, str]]:
        """Return everybody's role and status by id at the platform."""
        query = (
            sa.select(UserIdentity.sub, Membership.role, Membership.status)
            .join(Membership, Membership.user_id == UserIdentity.user_id)
            .where(Membership.context_id == self.context.id)
            .where(UserIdentity.registration_id == self.context.registration_id)
        )
        return {
            sub: (role, status) for sub, role, status in self.session.execute(query)
        }

    def facts(self, kind: str = "graded") -> dict[tuple[str, str], tuple[object, ...]]:
        """Return current facts: status, score and maximum by person and item's key.

        Of several attempts the last one.
        """
        self.session.rollback()
        query = (
            sa.select(
                UserIdentity.sub,
                Item.key,
                Contribution.status,
                Contribution.score,
                Contribution.maximum,
            )
            .join(Membership, Membership.id == Contribution.membership_id)
            .join(UserIdentity, UserIdentity.user_id == Membership.user_id)
            .join(Item, Item.id == Contribution.item_id)
            .where(
                UserIdentity.registration_id == self.context.registration_id,
                Contribution.context_id == self.context.id,
                Contribution.kind == kind,
                Contribution.superseded_at.is_(None),
            )
            .order_by(Contribution.occurred_at)
        )
        rows = self.session.execute(query)
        return {(sub, key): tuple(rest) for sub, key, *rest in rows}

    def state(self, source: str) -> SyncState:
        """Return what is written down about a source."""
        return self.session.get_one(
            SyncState, (self.context.id, source), populate_existing=True
        )
