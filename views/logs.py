"""How a server's logs are written: one JSON object a line, for machines to read.

In development Python's own plain lines are enough.
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


def speak_json(stream: IO[str] | None = None) -> logging.Handler:
    """Write what is logged from now on as JSON lines, to standard error by default."""
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=ABOUT,
        processors=(
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ),
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(formatter)
    logging.getLogger().addHandler(handler)
    return handler
