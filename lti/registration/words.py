"""The names that Dynamic Registration gives to things, and nothing else."""

from typing import Final

TOOL: Final = "https://purl.imsglobal.org/spec/lti-tool-configuration"
PLATFORM: Final = "https://purl.imsglobal.org/spec/lti-platform-configuration"

LINE_ITEM: Final = "https://purl.imsglobal.org/spec/lti-ags/scope/lineitem"
LINE_ITEM_READ: Final = (
    "https://purl.imsglobal.org/spec/lti-ags/scope/lineitem.readonly"
)
RESULT_READ: Final = "https://purl.imsglobal.org/spec/lti-ags/scope/result.readonly"
SCORE: Final = "https://purl.imsglobal.org/spec/lti-ags/scope/score"
MEMBERS_READ: Final = (
    "https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly"
)
NOTICES: Final = "https://purl.imsglobal.org/spec/lti/scope/noticehandlers"

CHANGE_US: Final = "https://purl.imsglobal.org/spec/lti-reg/scope/registration"

CORE_SCOPES: Final = (LINE_ITEM, LINE_ITEM_READ, RESULT_READ, SCORE, MEMBERS_READ)
"""What every platform with grades and rosters knows."""
SCOPES: Final = (*CORE_SCOPES, NOTICES)
"""What Canvas takes in a key made by hand."""
CHANGEABLE_SCOPES: Final = (*SCOPES, CHANGE_US)
"""All that we use, where a platform says that it has them."""
