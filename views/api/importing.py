"""Awards out of a table that somebody sends."""

from io import BytesIO, TextIOWrapper

from flask import Response, jsonify, request
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models import RawModel

from gamification.awards.giving import Giver
from jobs.importing import import_awards
from jobs.tables import Unreadable
from models.db import db
from views.api import award_schemas as schemas
from views.api.courses import the_course
from views.api.idempotency import IdempotencyKey, once_in_pieces
from views.api.operations import checked, operation
from views.api.problems import problem
from views.api.schemas import CoursePath
from views.api.writing import guard
from views.guards import giver, requires
from views.pages import TEACHERS

CSV = "text/csv"
EXAMPLE = """\
user,badge,reason
91c2f3a4,helper,helped in week 3
lms-user-7,helper,
"""
LARGEST = 4 * 1024 * 1024
"""Ten thousand rows with long reasons; more of them are for the command."""

bp = APIBlueprint("import_api", __name__, url_prefix="/api/v1/courses")


@bp.before_request
def take_more() -> None:
    """Let a table be larger than what other requests send."""
    request.max_content_length = LARGEST


guard(bp, speaks=CSV)


class Table(RawModel):
    """Rows of `user,badge,reason`, with that as the first line."""

    mimetypes = [CSV]  # noqa: RUF012 -- the library's way to say it


@bp.post(
    "/<course_id>/awards/import",
    **operation(TEACHERS, schemas.AwardsImported, refusals=(404, 409, 413, 415)),
)
@requires(*TEACHERS)
@checked
def post_import(
    path: CoursePath, query: schemas.ImportQuery, header: IdempotencyKey, raw: Table
) -> Response:
    """Give the badges of a table, row by row; a wrong row stops no other one."""
    context_id, who = the_course(path).id, giver()
    by = Giver(who.id, who.role, "import")

    def work() -> Response:
        # Each piece of the table has a transaction of its own, and this one is not it.
        db.session.rollback()
        lines = TextIOWrapper(
            BytesIO(raw.get_data()), "utf-8", errors="replace", newline=""
        )
        try:
            report = import_awards(context_id, lines, by, dry_run=query.dry_run)
        except Unreadable as error:
            return problem(422, f"body: {error}")
        answer = schemas.AwardsImported.model_validate(report)
        return jsonify(answer.model_dump(mode="json"))

    return once_in_pieces(header, work)
