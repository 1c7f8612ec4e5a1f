"""What the API tells a person of their own past, and of all that is kept of them."""

from flask import Response, jsonify
from flask_openapi3.blueprint import APIBlueprint

from gamification.activity.history import history_of
from gamification.awards.history import AwardRow
from gamification.metrics.cursors import BadCursor
from jobs.clock import now
from jobs.personal import kept_about
from models import Membership
from models.db import db
from views.api import own_schemas as schemas
from views.api.award_schemas import Award
from views.api.awards import unnamed
from views.api.operations import LEARNERS, checked, operation
from views.api.problems import problem
from views.api.schemas import Course, User
from views.api.writing import guard
from views.guards import launch_session, requires
from views.pages import switch_now

bp = APIBlueprint("own_api", __name__, url_prefix="/api/v1/me")
guard(bp)


@bp.get("/history", **operation(LEARNERS, schemas.History))
@requires(*LEARNERS)
@checked
def get_history(query: schemas.HistoryQuery) -> Response:
    """List what the caller did and was awarded, the newest first."""
    member = launch_session().membership
    try:
        found = history_of(
            db.session(), member, now(), after=query.cursor, limit=query.limit
        )
    except BadCursor as error:
        return problem(422, f"cursor: {error}")
    items = [
        schemas.Happened(
            at=row.at,
            event=schemas.OwnEvent.model_validate(row.event) if row.event else None,
            award=_own(row.award) if row.award else None,
        )
        for row in found.rows
    ]
    answer = schemas.History(items=items, next=found.next)
    return jsonify(answer.model_dump(mode="json"))


@bp.get("/data", **operation(LEARNERS, schemas.OwnData))
@requires(*LEARNERS)
def get_data() -> Response:
    """Give everything that is kept about the caller in this course, as one document."""
    answer = data_of(launch_session().membership)
    return jsonify(answer.model_dump(mode="json"))


def data_of(member: Membership) -> schemas.OwnData:
    """Return everything that is kept about a member, for them to read."""
    context, moment = member.context, now()
    kept = kept_about(db.session(), member, moment)
    return schemas.OwnData(
        told_at=moment,
        user=User(id=member.user.public_id, name=member.name),
        platform_ids=kept.subs,
        course=Course(
            id=context.public_id, title=context.title, enabled=switch_now(context).on
        ),
        membership=schemas.OwnMembership.model_validate(member),
        events=[schemas.OwnEvent.model_validate(row) for row in kept.events],
        awards=[_own(row) for row in kept.awards],
        kept={"groups": kept.groups, **kept.rest},
    )


def _own(row: AwardRow) -> Award:
    """Return one's own award: who gave it is told by role alone, to staff, too."""
    return unnamed(Award.model_validate(row))
