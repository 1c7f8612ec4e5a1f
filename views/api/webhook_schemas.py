"""The shapes of webhooks: what other programs are told, and what came of it."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from views.api.examples import example, shown
from views.api.schemas import Answer, Asked, Cursor, PublicId

Kind = Literal["award_granted", "award_ended", "award_renewed", "award_lifted"]
Url = Annotated[str, Field(max_length=1024, pattern=r"^https?://[\x21-\x7e]+$")]
State = Literal["waiting", "done", "dead"]


class WebhookPath(Asked):
    webhook_id: PublicId


class DeliveryPath(WebhookPath):
    delivery_id: PublicId


class WebhooksQuery(Asked):
    cursor: Cursor | None = None
    limit: int = Field(default=50, ge=1, le=200)


class DeliveriesQuery(WebhooksQuery):
    state: State | None = None


class WebhookWanted(Asked):
    """Whom to tell, and of what."""

    model_config = example(
        url="https://badges.example/laurel", kinds=["award_granted", "award_ended"]
    )

    url: Url
    """An https address in no private network; it is shown to whoever reads webhooks."""
    kinds: list[Kind] | None = Field(default=None, min_length=1, max_length=4)
    """Left out, it is told of all there are."""


class Webhook(Answer):
    """A webhook, without its secret."""

    model_config = example(
        id="5d1f30…",
        url="https://badges.example/laurel",
        kinds=["award_granted", "award_ended"],
        state="enabled",
        created_by="operator",
        created_at="2026-11-22T10:00:00Z",
        disabled_at=None,
        disabled_why=None,
    )

    id: str
    url: str
    kinds: list[Kind]
    state: Literal["enabled", "disabled"]
    created_by: str
    """A key's id, or `operator`."""
    created_at: datetime
    disabled_at: datetime | None
    disabled_why: str | None


class NewWebhook(Webhook):
    model_config = example(**{**shown(Webhook), "secret": "5XvH…"})

    secret: str | None
    """What signs, told this once: empty where the same `Idempotency-Key` comes again."""


class WebhookList(Answer):
    model_config = example(items=[shown(Webhook)], next=None)

    items: list[Webhook]
    next: str | None


class Delivery(Answer):
    """One change that a webhook is told of, by ids alone."""

    model_config = example(
        id="b07c41…",
        kind="award_granted",
        occurred_at="2026-11-22T10:00:00Z",
        course="91c2f0…",
        user="7ab344…",
        badge="author",
        award="3e81a0…",
        state="done",
        attempts=1,
        status=200,
        reason=None,
        next_attempt_at=None,
        delivered_at="2026-11-22T10:01:00Z",
    )

    id: str
    kind: Kind
    occurred_at: datetime
    course: str
    user: str
    badge: str
    award: str
    state: State
    """`done` was taken; `dead` was given up after six attempts."""
    attempts: int
    status: int | None
    """What the last attempt was answered, if it was."""
    reason: str | None
    """Why the last attempt was none."""
    next_attempt_at: datetime | None
    delivered_at: datetime | None


class DeliveryList(Answer):
    model_config = example(items=[shown(Delivery)], next=None)

    items: list[Delivery]
    next: str | None
