"""The shapes of a course's configuration, and of what a text would change."""

from flask_openapi3.models import RawModel

from views.api.examples import example
from views.api.schemas import Answer

TOML = "text/toml"
EXAMPLE = """\
version = 1

[settings]
time_zone = "Europe/Berlin"

[settings.board]
rank = "relative"

[[scoring]]
kind = "posted"
weight = "0.5"
daily_cap = "2"

[messages]
award = "Well done: {badge}!"

[levels]
base = 20
growth = 1.5

[[break]]
first = 2026-12-21
last = 2027-01-03
name = "Winter"

[[badge]]
key = "starter"
label = "Starter"
icon = "🌱"
state = "active"

[badge.criterion]
metric = "events"
at_least = 3
"""


class Text(RawModel):
    """A course's settings and badges, as `GET …/configuration` writes them."""

    mimetypes = [TOML]  # noqa: RUF012 -- the library's way to say it


class Configured(Answer):
    """What changes by a text; nothing in both, where all is so already."""

    model_config = example(
        changes=["The badge “Starter” (starter) is added: Contribute 3 times."],
        drafts=[],
    )

    changes: list[str]
    """One sentence for each difference."""
    drafts: list[str]
    """The badges that are drafts by it, and which items their rules lack."""
