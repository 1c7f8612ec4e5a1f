"""The shapes of webhooks: what other programs are told, and what came of it."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from views.api.award_schemas import PublicId
from views.api.examples import example
from views.api.schemas import Answer, Asked, Cursor

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
    kinds: list[Kind] = Field(default_factory=list, max_length=4)
    """Left out, it is told of all there are."""


class Webhook(Answer):
    """A webhook, without its secret."""

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
    secret: str | None
    """What signs, told this once: empty where the same `Idempotency-Key` comes again."""


class WebhookList(Answer):
    items: list[Webhook]
    next: str | None


class Delivery(Answer):
    """One change that a webhook is told of, by ids alone."""

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
    items: list[Delivery]
    next: str | None
