"""Canvas's own ways, as its documentation and its source tell them."""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote

from lti.groups import Groups
from lti.platforms import canvas_groups, canvas_tool
from lti.platforms.base import Platform, with_query
from models.platform import Registration

ROSTER_PAGE = 50
PAGE = 100
SUBMISSION = "https://canvas.instructure.com/lti/submission"


CLOUD = ".instructure.com"
CLOUD_AUTHORIZATION = (
    "https://sso.canvaslms.com/",
    "https://sso.beta.canvaslms.com/",
    "https://sso.test.canvaslms.com/",
)
CLOUD_ISSUERS = {
    "https://canvas.instructure.com",
    "https://canvas.beta.instructure.com",
    "https://canvas.test.instructure.com",
}


class Canvas(Platform):
    def deployment_hint(self, parameter: Callable[[str], str | None]) -> str | None:
        """Accept the documented name, too; the code sends the specification's.

        https://github.com/instructure/canvas-lms/blob/master/doc/api/lti_launch_overview.md
        """
        return super().deployment_hint(parameter) or parameter("deployment_id")

    def service_url(self, url: str, registration: Registration) -> str:
        """Return it with https where all the registered addresses have it.

        A self-hosted Canvas behind TLS writes http into `lineitems` and nowhere else.
        https://github.com/instructure/canvas-lms/blob/master/lib/lti/messages/jwt_message.rb
        """
        if url.startswith("http:") and registration.token_url.startswith("https:"):
            return f"https:{url.removeprefix('http:')}"
        return url

    def frame_sources(self, registration: Registration) -> set[str]:
        """Let each school of the cloud frame us: its host is in no registered address.

        A school with a domain of its own is named by the operator.
        https://github.com/instructure/canvas-lms/blob/master/doc/api/registration.md
        """
        return {f"https://*{CLOUD}"} if _is_cloud(registration) else set()

    def resizes_frames(self) -> bool:
        """Ask by `lti.frameResize`.

        https://canvas.instructure.com/doc/api/file.lti_window_post_message.html
        """
        return True

    def owns(self, host: str, registration: Registration) -> bool:
        """Tell whether a host is a school's in the cloud; services live there.

        https://github.com/instructure/canvas-lms/blob/master/doc/api/registration.md
        """
        return _is_cloud(registration) and host.endswith(CLOUD)

    def roster_url(self, memberships_url: str, context_id: str) -> str:
        """Ask in the name of the course itself: then each member says more.

        https://github.com/instructure/canvas-lms/blob/master/app/controllers/lti/ims/names_and_roles_controller.rb
        """
        link = quote(context_id, safe="")
        return with_query(memberships_url, f"rlid={link}&limit={ROSTER_PAGE}")

    def groups_of(self, custom: Mapping[str, object]) -> Groups:
        """Read what our custom parameters ask for, expanded for each member.

        https://github.com/instructure/canvas-lms/blob/master/app/serializers/lti/ims/names_and_roles_serializer.rb
        """
        return canvas_groups.groups_of(custom)

    def line_items_url(self, line_items_url: str) -> str:
        """Ask for pages of a good size; ten is what Canvas gives unasked.

        https://github.com/instructure/canvas-lms/blob/master/doc/api/pagination.md
        """
        return with_query(line_items_url, f"limit={PAGE}")

    def results_url(self, line_item_url: str) -> str:
        """Ask for pages of a good size here, too.

        https://github.com/instructure/canvas-lms/blob/master/doc/api/pagination.md
        """
        return with_query(super().results_url(line_item_url), f"limit={PAGE}")

    def may_call_itself(self, issuer: str) -> bool:
        """Accept the cloud's issuers: self-hosted ones keep them until changed.

        https://github.com/instructure/canvas-lms/issues/1935
        """
        return issuer in CLOUD_ISSUERS

    def token_audience(self, authorization_server: str | None) -> str | None:  # noqa: ARG002 -- the base's signature
        """Keep to the token address: what Canvas names is a host, not an address.

        https://github.com/instructure/canvas-lms/blob/master/doc/api/registration.md
        """
        return None

    def custom_parameters(self) -> dict[str, str]:
        """Ask for what joins people and courses with Canvas's own services.

        https://github.com/instructure/canvas-lms/blob/master/doc/api/tools_variable_substitutions.md
        """
        return dict(canvas_tool.CUSTOM)

    def messages(self, target: str) -> list[dict[str, Any]]:
        """Name placements, which are Canvas's own.

        https://github.com/instructure/canvas-lms/blob/master/doc/api/registration.md
        """
        return canvas_tool.messages(target)

    def tool_extensions(self) -> dict[str, str]:
        """Ask for names alone; without a word Canvas infers more from the claims.

        https://github.com/instructure/canvas-lms/blob/master/doc/api/registration.md
        """
        return canvas_tool.extensions()

    def content_item(self, members: dict[str, Any]) -> dict[str, Any]:
        """Call the column as the link: Canvas shows the column's name for both.

        https://github.com/instructure/canvas-lms/blob/master/app/controllers/lti/ims/concerns/deep_linking_modules.rb
        """
        column = members.get("lineItem")
        if column is None:
            return members
        return {**members, "lineItem": {**column, "label": members["title"]}}

    tells_acts = True

    def acted_at(self, result: Mapping[str, object]) -> object:
        """Return when the work was handed in, where a tool's score said so.

        https://github.com/instructure/canvas-lms/blob/master/app/controllers/lti/ims/results_controller.rb
        """
        submission = result.get(SUBMISSION)
        return submission.get("submitted_at") if isinstance(submission, dict) else None

    def score_extension(self) -> dict[str, object]:
        """Make no attempt of a score, and leave a teacher's own grade alone.

        https://github.com/instructure/canvas-lms/blob/master/app/controllers/lti/ims/scores_controller.rb
        """
        return {
            SUBMISSION: {"new_submission": False, "prioritize_non_tool_grade": True}
        }

    def is_too_late(self, status: int, body: bytes) -> bool:
        """Recognise it by its words: the status is that of every bad request.

        https://github.com/instructure/canvas-lms/blob/master/app/controllers/lti/ims/scores_controller.rb
        """
        said = status == 400 and b"before last updated timestamp" in body
        return said or super().is_too_late(status, body)

    def keeps_line_item(self, status: int, body: bytes) -> bool:
        """Recognise it by a 401 without a word; every other 401 says what is missing.

        https://github.com/instructure/canvas-lms/blob/master/app/controllers/lti/ims/line_items_controller.rb
        """
        return status == 401 and not body.strip()

    def is_throttled(self, status: int, body: bytes) -> bool:
        """Tell a 403 that means later (until October 2025) from one that means no.

        https://github.com/ucfopen/canvasapi/issues/704
        """
        return status == 429 or (status == 403 and b"Rate Limit Exceeded" in body)

    def lacks_scope(self, status: int, body: bytes) -> bool:
        """Recognise a missing scope, which Canvas answers with 401.

        https://github.com/instructure/canvas-lms/blob/master/app/controllers/lti/ims/concerns/lti_services.rb
        """
        return status == 403 or (status == 401 and b"Insufficient permissions" in body)


def _is_cloud(registration: Registration) -> bool:
    return registration.auth_login_url.startswith(CLOUD_AUTHORIZATION)
