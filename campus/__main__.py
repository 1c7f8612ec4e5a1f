"""Serve a campus with the demo's course: `python -m campus --client-id …`.

Prints one line with its address and serves until SIGTERM or Ctrl-C.
"""

import argparse
import signal
from datetime import UTC, datetime
from pathlib import Path

from campus import seeding
from campus.clock import Clock
from campus.records import Tool
from campus.server import running
from campus.state import Campus

STOPPED_BY = {signal.SIGINT, signal.SIGTERM}


def main() -> None:
    options = _parser().parse_args()
    # Threads inherit the mask: only this one hears the signals.
    signal.pthread_sigmask(signal.SIG_BLOCK, STOPPED_BY)
    campus = Campus(
        options.shape, seed=options.seed, clock=Clock(path=options.clock_file)
    )
    campus.add_tool(
        Tool.at(options.tool_url.rstrip("/"), options.client_id, options.registration)
    )
    seeding.fifty_learners(campus, begins=options.begins)
    with running(campus, options.host, options.port) as address:
        print(f"Campus on {address}", flush=True)
        signal.sigwait(STOPPED_BY)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m campus", description=__doc__)
    parser.add_argument("--host", default="localhost")
    parser.add_argument("--port", type=int, default=8080, help="0 takes a free one")
    parser.add_argument("--shape", choices=["moodle", "canvas"], default="moodle")
    parser.add_argument("--tool-url", default="http://127.0.0.1:5000")
    parser.add_argument(
        "--client-id", required=True, help="as the tool was or will be told"
    )
    parser.add_argument(
        "--registration", default="", help="the tool's id of us: its own login URL"
    )
    parser.add_argument(
        "--clock-file", type=Path, help='keeps {"offset_seconds": N} between runs'
    )
    parser.add_argument("--seed", type=int, default=1, help="who studies how")
    parser.add_argument(
        "--begins", type=_monday, help="the Monday of week 1 (else two weeks ago)"
    )
    return parser


def _monday(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


if __name__ == "__main__":
    main()
