"""How Laurel's own logs are written: one JSON object a line, for machines to read.

In development Python's own plain lines are enough. What the web server says of itself
keeps the server's form.
"""

import logging
from typing import IO

import structlog

ABOUT = (
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    # Without the values of variables: they may be people's names.
    structlog.processors.format_exc_info,
)


class JsonHandler(logging.StreamHandler[IO[str]]):
    """The one handler of ours: a process has one, however many applications."""


def speak_json(stream: IO[str] | None = None) -> logging.Handler:
    """Write what is logged from now on as JSON lines, to standard error by default.

    Each line once: it takes the place of what was set up by an earlier call.
    """
    root = logging.getLogger()
    for earlier in [one for one in root.handlers if isinstance(one, JsonHandler)]:
        root.removeHandler(earlier)
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=ABOUT,
        processors=(
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ),
    )
    handler = JsonHandler(stream)
    handler.setFormatter(formatter)
    root.addHandler(handler)
    return handler
