"""What a platform may do differently from its neighbour, one switch each.

Set them on a running campus: `campus.quirks.http_line_items = True`. They are what
versions and settings of Canvas differ in; Moodle's oddities are always on in its shape.
"""

from dataclasses import dataclass


@dataclass
class Quirks:
    documented_names: bool = False
    """Login parameters as the documentation spells them, not as the code does."""

    names_deployment_at_login: bool = True
    """Old versions sent no deployment id with the login."""

    storage_target: str | None = "post_message_forwarding"
    """Old versions say `_parent`; some flows send none (None)."""

    storage_answers: bool = True
    """The mobile apps answer no message at all, whatever the login promised."""

    http_line_items: bool = False
    """A self-hosted https site that sends its `lineitems` URL with http."""

    integers_in_custom: bool = False
    """Old versions sent numbers in custom claims as numbers."""

    nested_errors: bool = False
    """Old versions leaked `validation_context` and `errors` into claims."""

    literal_variables: bool = True
    """A variable without a value keeps its own name; off: it is null."""

    opaque_pages: bool = True
    """Next links carry a bookmark whose letter case matters; off: page numbers."""
