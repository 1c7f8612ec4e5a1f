"""The shapes of a course's configuration, and of what a text would change."""

from flask_openapi3.models import RawModel

from views.api.schemas import Answer

TOML = "text/toml"


class Text(RawModel):
    """A course's settings and badges, as `GET …/configuration` writes them."""

    mimetypes = [TOML]  # noqa: RUF012 -- the library's way to say it


class Configured(Answer):
    """What changes by a text; nothing in both, where all is so already."""

    changes: list[str]
    """One sentence for each difference."""
    drafts: list[str]
    """The badges that are drafts by it, and which items their rules lack."""
