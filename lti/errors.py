"""What can go wrong between a platform and us, named by what went wrong."""


class LTIError(Exception):
    """Something about a platform is not as it must be."""


class AddressRefused(LTIError):
    """An address we were told to call lies where we must not go."""


class PlatformUnavailable(LTIError):
    """A platform does not answer, or not in a way that can be read.

    `retry_after` is the platform's own wish in seconds, if it named one.
    """

    def __init__(self, message: str, *, retry_after: int | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after
