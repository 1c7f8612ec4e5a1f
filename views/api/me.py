"""What the API tells a person about themselves."""

from flask import Response, jsonify
from flask_openapi3.blueprint import APIBlueprint

from views.api import schemas
from views.api.badges import badges_in
from views.api.operations import LEARNERS, operation
from views.api.writing import guard
from views.earned import badges_of
from views.guards import launch_session, requires
from views.pages import switch_now

bp = APIBlueprint("me_api", __name__, url_prefix="/api")
guard(bp)


@bp.get("/me/badges", **operation(LEARNERS, schemas.MyBadges))
@requires(*LEARNERS)
def get_badges() -> Response:
    """List the caller's badges, earned and not, with progress."""
    return jsonify(badges_in(badges_of(launch_session())).model_dump(mode="json"))


@bp.get("/v1/me", **operation(LEARNERS, schemas.Me))
@requires(*LEARNERS)
def get_me() -> Response:
    """Say who the caller is, and in which course."""
    launch = launch_session()
    context, member = launch.context, launch.membership
    me = schemas.Me(
        user=schemas.User(id=member.user.public_id, name=member.name),
        roles=[launch.role],
        course=schemas.Course(
            id=context.public_id, title=context.title, enabled=switch_now(context).on
        ),
        tenant=context.tenant.key,
    )
    return jsonify(me.model_dump(mode="json"))
