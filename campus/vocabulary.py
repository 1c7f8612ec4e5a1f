"""The words of LTI 1.3: claim names, roles, scopes and media types."""

from typing import Final

CLAIM: Final = "https://purl.imsglobal.org/spec/lti/claim/"
MESSAGE_TYPE: Final = CLAIM + "message_type"
VERSION: Final = CLAIM + "version"
DEPLOYMENT_ID: Final = CLAIM + "deployment_id"
TARGET_LINK_URI: Final = CLAIM + "target_link_uri"
RESOURCE_LINK: Final = CLAIM + "resource_link"
ROLES: Final = CLAIM + "roles"
CONTEXT: Final = CLAIM + "context"
LIS: Final = CLAIM + "lis"
CUSTOM: Final = CLAIM + "custom"
EXT: Final = CLAIM + "ext"
TOOL_PLATFORM: Final = CLAIM + "tool_platform"
LAUNCH_PRESENTATION: Final = CLAIM + "launch_presentation"
NOTICE: Final = CLAIM + "notice"
ORIGIN_CONTEXTS: Final = CLAIM + "origin_contexts"
LEGACY_USER_ID: Final = CLAIM + "lti11_legacy_user_id"
LTI1P1: Final = CLAIM + "lti1p1"
AGS: Final = "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint"
NRPS: Final = "https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice"
BASIC_OUTCOME: Final = "https://purl.imsglobal.org/spec/lti-bo/claim/basicoutcome"

RESOURCE_LINK_REQUEST: Final = "LtiResourceLinkRequest"
DEEP_LINKING_REQUEST: Final = "LtiDeepLinkingRequest"
DEEP_LINKING_RESPONSE: Final = "LtiDeepLinkingResponse"
DEEP_LINKING: Final = "https://purl.imsglobal.org/spec/lti-dl/claim/"
DEEP_LINKING_SETTINGS: Final = DEEP_LINKING + "deep_linking_settings"
CONTENT_ITEMS: Final = DEEP_LINKING + "content_items"
LINKING_MESSAGE: Final = DEEP_LINKING + "msg"
LINKING_ERROR: Final = DEEP_LINKING + "errormsg"

MEMBERSHIP: Final = "http://purl.imsglobal.org/vocab/lis/v2/membership#"
INSTITUTION: Final = "http://purl.imsglobal.org/vocab/lis/v2/institution/person#"
SYSTEM: Final = "http://purl.imsglobal.org/vocab/lis/v2/system/person#"
TEACHING_ASSISTANT: Final = (
    "http://purl.imsglobal.org/vocab/lis/v2/membership/Instructor#TeachingAssistant"
)
TEST_USER: Final = "http://purl.imsglobal.org/vocab/lti/system/person#TestUser"

LINE_ITEM: Final = "https://purl.imsglobal.org/spec/lti-ags/scope/lineitem"
LINE_ITEM_READ: Final = (
    "https://purl.imsglobal.org/spec/lti-ags/scope/lineitem.readonly"
)
RESULT_READ: Final = "https://purl.imsglobal.org/spec/lti-ags/scope/result.readonly"
SCORE: Final = "https://purl.imsglobal.org/spec/lti-ags/scope/score"
MEMBERS_READ: Final = (
    "https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly"
)
GRADE_SCOPES: Final = (LINE_ITEM, LINE_ITEM_READ, RESULT_READ, SCORE)
ALL_SCOPES: Final = (*GRADE_SCOPES, MEMBERS_READ)

NOTICES: Final = "https://purl.imsglobal.org/spec/lti/scope/noticehandlers"

TOOL_CONFIGURATION: Final = "https://purl.imsglobal.org/spec/lti-tool-configuration"
PLATFORM_CONFIGURATION: Final = (
    "https://purl.imsglobal.org/spec/lti-platform-configuration"
)

MEMBERS_TYPE: Final = "application/vnd.ims.lti-nrps.v2.membershipcontainer+json"
LINE_ITEMS_TYPE: Final = "application/vnd.ims.lis.v2.lineitemcontainer+json"
LINE_ITEM_TYPE: Final = "application/vnd.ims.lis.v2.lineitem+json"
RESULTS_TYPE: Final = "application/vnd.ims.lis.v2.resultcontainer+json"
SCORE_TYPE: Final = "application/vnd.ims.lis.v1.score+json"

CLIENT_ASSERTION_TYPE: Final = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
