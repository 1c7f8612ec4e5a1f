"""What can go wrong between a platform and us, named by what went wrong."""

from models.platform import Registration


class LTIError(Exception):
    """Something about a platform is not as it must be."""


class PlatformNotApproved(LTIError):
    """A platform waits for the operator, or was disabled: nothing is signed for it."""

    def __init__(self, registration: Registration) -> None:
        super().__init__(
            f"The platform is not approved ({registration.state}): "
            f"`flask platform approve {registration.public_id}`."
        )


class AddressRefused(LTIError):
    """An address we were told to call lies where we must not go."""


class PlatformUnavailable(LTIError):
    """A platform does not answer, or not in a way that can be read.

    `retry_after` is the platform's own wish in seconds, if it named one.
    """

    def __init__(self, message: str, *, retry_after: int | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class ServiceRefused(LTIError):
    """A platform answers a service call with no; asking again soon is no use.

    `status` is the service's own answer; 0 where it was not reached.
    """

    def __init__(self, message: str, *, status: int = 0) -> None:
        super().__init__(message)
        self.status = status


class ScopeMissing(ServiceRefused):
    """A platform does not let us use a service; an administrator can change that."""


class ResourceGone(ServiceRefused):
    """What we asked for is no longer there."""


class ScoreTooLate(ServiceRefused):
    """A platform has a score with a later timestamp than ours; its own one stays."""


class LineItemKept(ServiceRefused):
    """A line item that an activity of the platform brought goes with that alone."""


class WalkStopped(LTIError):
    """A list of pages was left before its end; what was read until then is good."""


class LoginRejected(LTIError):
    """A login we do not begin: it does not say from where, or not from here."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class PlatformPending(LoginRejected):
    """A login of a platform that registered itself and waits for the operator."""

    def __init__(self, registration: Registration) -> None:
        super().__init__("registration_pending")
        self.registration = registration


class TooManyLogins(LTIError):
    """A platform began more logins in a minute than people could mean."""


class LaunchRejected(LTIError):
    """The id_token, or the browser that brought it, is not one we trust.

    `reason` is a word of ours for the operator; it never repeats what was sent.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class PlatformKeysMissing(LaunchRejected):
    """The platform's keys cannot be had now: the same launch may work later."""


class PlatformSaidNo(LaunchRejected):
    """The platform answered the login with an error instead of an id_token."""


class PickerForbidden(LaunchRejected):
    """Somebody who does not teach here wants to choose what a course shows."""


class LinkingRefused(LaunchRejected):
    """A platform asks for links in a way that we cannot answer."""


class DeploymentPending(LaunchRejected):
    """A true launch from a place the administrator has not let in, or has shut out."""

    def __init__(self, registration_id: int, lti_id: str) -> None:
        super().__init__("deployment_not_admitted")
        self.registration_id = registration_id
        self.lti_id = lti_id


class NoticeRejected(LTIError):
    """What was posted as notices is none that a platform of ours sent to us."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
