"""Webhooks of an organisation, in the API: for its keys alone."""

from flask import Response, abort, jsonify
from flask_openapi3.blueprint import APIBlueprint
from pydantic import BaseModel

from gamification.metrics.cursors import BadCursor
from jobs import tellings, webhooks
from jobs.api_keys import WEBHOOKS_WRITE
from jobs.clock import now
from jobs.webhooks import TooManyWebhooks, Wanted, WebhookRefused
from models import Delivery, OutboundWebhook
from models.db import db
from views.api import webhook_schemas as schemas
from views.api.etags import IfMatch, changed_since, tag_of
from views.api.idempotency import IdempotencyKey, once
from views.api.operations import checked, operation
from views.api.problems import problem
from views.api.writing import guard, whole
from views.guards import api_key, giver, requires

bp = APIBlueprint("webhook_api", __name__, url_prefix="/api/v1")
guard(bp)

NO_LAUNCH = ()
"""A webhook hears all courses of an organisation, and a launch is of one."""


@bp.get("/webhooks", **operation(NO_LAUNCH, schemas.WebhookList, key=WEBHOOKS_WRITE))
@requires(key=WEBHOOKS_WRITE)
@checked
def get_webhooks(query: schemas.WebhooksQuery) -> Response:
    """List the organisation's webhooks, the newest first, without their secrets."""
    owner = api_key().tenant_id
    try:
        found = webhooks.webhooks_of(
            db.session(), owner, after=query.cursor, limit=query.limit
        )
    except BadCursor as error:
        return problem(422, f"cursor: {error}")
    items = [_webhook(row) for row in found.rows]
    return _json(schemas.WebhookList(items=items, next=found.next))


@bp.get(
    "/webhooks/<webhook_id>",
    **operation(NO_LAUNCH, schemas.Webhook, refusals=(404,), key=WEBHOOKS_WRITE),
)
@requires(key=WEBHOOKS_WRITE)
@checked
def get_webhook(path: schemas.WebhookPath) -> Response:
    """Give one webhook; its `ETag` goes with its end as `If-Match`."""
    return _told(_known(path))


@bp.post(
    "/webhooks",
    **operation(
        NO_LAUNCH,
        schemas.NewWebhook,
        status=201,
        refusals=(409, 415),
        key=WEBHOOKS_WRITE,
    ),
)
@requires(key=WEBHOOKS_WRITE)
@checked
@whole
def post_webhook(header: IdempotencyKey, body: schemas.WebhookWanted) -> Response:
    """Let an address be told of awards; its secret is in this answer alone."""

    def work() -> Response:
        wanted, key = Wanted(url=body.url, kinds=body.kinds or ()), api_key()
        try:
            made, secret = webhooks.add(
                db.session(), key.tenant, wanted, giver(), now()
            )
        except TooManyWebhooks as error:
            return problem(409, str(error))
        except WebhookRefused as error:
            return problem(422, str(error))
        new = schemas.NewWebhook(**_webhook(made).model_dump(), secret=secret)
        response = _json(new, _tag(made))
        response.status_code = 201
        return response

    return once(header, work, untold=("secret",))


@bp.delete(
    "/webhooks/<webhook_id>",
    **operation(
        NO_LAUNCH, schemas.Webhook, refusals=(404, 412, 415), key=WEBHOOKS_WRITE
    ),
)
@requires(key=WEBHOOKS_WRITE)
@checked
@whole
def delete_webhook(path: schemas.WebhookPath, header: IfMatch) -> Response:
    """Take a webhook away, with what waits for it; answers with what it was."""
    session = db.session()
    known = webhooks.take(session, api_key().tenant_id, path.webhook_id)
    if known is None:
        abort(404)
    stale = changed_since(_tag(known), header)
    if stale is not None:
        return stale
    response = _json(_webhook(known))
    webhooks.remove(session, known, giver(), now())
    session.commit()
    return response


@bp.get(
    "/webhooks/<webhook_id>/deliveries",
    **operation(NO_LAUNCH, schemas.DeliveryList, refusals=(404,), key=WEBHOOKS_WRITE),
)
@requires(key=WEBHOOKS_WRITE)
@checked
def get_deliveries(
    path: schemas.WebhookPath, query: schemas.DeliveriesQuery
) -> Response:
    """List what a webhook was told in the last 30 days, or is to be; newest first."""
    known = _known(path)
    try:
        found = tellings.deliveries_of(
            db.session(),
            known,
            state=query.state,
            after=query.cursor,
            limit=query.limit,
        )
    except BadCursor as error:
        return problem(422, f"cursor: {error}")
    items = [_delivery(row) for row in found.rows]
    return _json(schemas.DeliveryList(items=items, next=found.next))


@bp.post(
    "/webhooks/<webhook_id>/deliveries/<delivery_id>/retry",
    **operation(
        NO_LAUNCH, schemas.Delivery, refusals=(404, 409, 415), key=WEBHOOKS_WRITE
    ),
)
@requires(key=WEBHOOKS_WRITE)
@checked
@whole
def post_retry(path: schemas.DeliveryPath) -> Response:
    """Send a delivery anew within a minute, whatever became of it."""
    session, known = db.session(), _known(path)
    found = tellings.delivery_of(session, api_key().tenant_id, path.delivery_id)
    if found is None or found.webhook_id != known.id:
        abort(404)
    try:
        tellings.retry(session, found, giver(), now())
    except tellings.Disabled as disabled:
        return problem(409, str(disabled))
    response = _json(_delivery(found))
    session.commit()
    return response


def _known(path: schemas.WebhookPath) -> OutboundWebhook:
    """Return the webhook that is asked for; another organisation's is not there."""
    found = webhooks.webhook_of(db.session(), api_key().tenant_id, path.webhook_id)
    if found is None:
        abort(404)
    return found


def _webhook(row: OutboundWebhook) -> schemas.Webhook:
    return schemas.Webhook.model_validate(
        {
            "id": row.public_id,
            "url": row.url,
            "kinds": row.kinds,
            "state": row.state,
            "created_by": row.created_by,
            "created_at": row.created_at,
            "disabled_at": row.disabled_at,
            "disabled_why": row.disabled_why,
        }
    )


def _delivery(row: Delivery) -> schemas.Delivery:
    return schemas.Delivery.model_validate(
        {
            **row.body,
            "id": row.public_id,
            "kind": row.kind,
            "occurred_at": row.occurred_at,
            "state": row.state,
            "attempts": row.attempts,
            "status": row.status,
            "reason": row.reason,
            "next_attempt_at": row.next_attempt_at,
            "delivered_at": row.delivered_at,
        }
    )


def _told(row: OutboundWebhook) -> Response:
    return _json(_webhook(row), _tag(row))


def _json(answer: BaseModel, tag: str = "") -> Response:
    response = jsonify(answer.model_dump(mode="json"))
    if tag:
        response.set_etag(tag)
    return response


def _tag(row: OutboundWebhook) -> str:
    return tag_of(row.public_id, row.state)
