"""What went wrong in ourselves, told without the words of the fault."""

import logging
import secrets
import traceback

from lti.errors import LTIError

log = logging.getLogger(__name__)


class OurFault(LTIError):
    """Something nobody foresaw; its number is in the log."""


def logged(what: str, error: Exception) -> OurFault:
    """Log where we failed, under a number, and return what may be told of it.

    The frames alone: an exception's message may hold what a platform sent.
    """
    error_id = secrets.token_hex(5)
    where = "".join(traceback.format_tb(error.__traceback__))
    log.error("%s failed: %s (%s)\n%s", what, type(error).__name__, error_id, where)
    return OurFault(f"Something went wrong on our side; the log has it as {error_id}.")
