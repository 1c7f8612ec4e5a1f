"""`/lti/notices`: what platforms tell us by themselves, verified and kept."""

from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import Blueprint, Response, abort, current_app, g, request

from jobs.clock import now
from lti import history, notices
from models.db import db
from models.locks import begin_write

if TYPE_CHECKING:
    from lti.platform_keys import PlatformKeys

bp = Blueprint("notices", __name__)

MOST_BYTES = 256 * 1024


@bp.post("/lti/notices")
def take() -> Response:
    """Keep all of the notices, or none of them; the same one twice is kept once."""
    request.max_content_length = MOST_BYTES
    if request.mimetype != "application/json":
        abort(HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
    envelopes, session = notices.open_envelopes(request.get_data()), db.session()
    keys: PlatformKeys = current_app.extensions["platform_keys"]
    known = [notices.senders(session, envelope) for envelope in envelopes]
    if known[0]:
        g.registration = known[0][0].registration
    # The platform may be asked for its keys now: hold no transaction meanwhile.
    session.commit()
    verified = [
        notices.verify(envelope, of, keys, now())
        for envelope, of in zip(envelopes, known, strict=True)
    ]
    session.rollback()
    begin_write(session)
    notices.store(session, verified)
    history.propose_by_notices(session, verified, now())
    session.commit()
    return Response(status=HTTPStatus.ACCEPTED)
