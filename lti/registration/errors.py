"""What can go wrong while a platform registers itself, in words for its people."""

from lti.errors import LTIError


class InvitationUnknown(LTIError):
    """There is no such invitation, or not any more."""

    reason = "invitation"


class RegistrationFailed(LTIError):
    """A platform that we do not add; `advice` tells its administrator what to do.

    `reason` is a word of ours for the operator. `left_behind`: the platform may know
    us by now, so that beginning again there makes a second one of us.
    """

    def __init__(self, reason: str, advice: str, *, left_behind: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.advice = advice
        self.left_behind = left_behind
