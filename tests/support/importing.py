"""A table of badges, imported; and the people whom it names."""

import sqlalchemy as sa
from flask_openapi3.openapi import OpenAPI
from sqlalchemy.orm import Session

from gamification.awards.giving import Giver
from jobs.importing import Imported, import_awards
from models import Award, Badge, Context, Membership, User, UserIdentity
from tests.support.clock import NOW

BY = Giver("iris", "instructor", "import")


def imported(
    app: OpenAPI, course: Context, table: str, *, dry_run: bool = False
) -> Imported:
    context_id = course.id
    with app.app_context():
        return import_awards(
            context_id, table.splitlines(keepends=True), BY, dry_run=dry_run
        )


def learners(session: Session, course: Context, number: int) -> None:
    """Build learners whom the platform calls `s0`, `s1` and so on; commit."""
    users = [
        {"tenant_id": course.tenant_id, "created_at": NOW, "public_id": f"user-{n}"}
        for n in range(number)
    ]
    ids = dict(
        session.execute(sa.insert(User).returning(User.public_id, User.id), users).all()
    )
    session.execute(
        sa.insert(Membership),
        [
            {"context_id": course.id, "user_id": ids[f"user-{n}"], "first_seen_at": NOW}
            for n in range(number)
        ],
    )
    session.execute(
        sa.insert(UserIdentity),
        [
            {
                "registration_id": course.registration_id,
                "user_id": ids[f"user-{n}"],
                "sub": f"s{n}",
            }
            for n in range(number)
        ],
    )
    session.commit()


def rows(session: Session) -> list[tuple[str, str, object]]:
    session.rollback()
    query = (
        sa.select(UserIdentity.sub, Badge.key, Award.evidence)
        .join(Membership, Membership.user_id == UserIdentity.user_id)
        .join(Award, Award.membership_id == Membership.id)
        .join(Badge, Badge.id == Award.badge_id)
        .order_by(Award.id)
    )
    return [(sub, key, said.get("reason")) for sub, key, said in session.execute(query)]
