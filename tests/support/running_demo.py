"""A demo as a child: started, asked for its address, and stopped like by Ctrl-C."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support.demo import ROOT


@dataclass(frozen=True)
class RunningDemo:
    address: str
    """The course page, seen by a learner."""
    program: subprocess.Popen[str]


@contextmanager
def running_demo(home: Path) -> Iterator[RunningDemo]:
    """Run a demo on free ports. Raises RuntimeError with what it said if it cannot."""
    program = subprocess.Popen(  # noqa: S603 -- our own command
        [
            *(sys.executable, "-m", "tests.support.demo"),
            *("--port", "0", "--campus-port", "0", "--home", str(home)),
        ],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        yield RunningDemo(_address(program), program)
    finally:
        program.send_signal(signal.SIGTERM)
        program.communicate()


def _address(program: subprocess.Popen[str]) -> str:
    said: list[str] = []
    for line in program.stdout or ():
        said.append(line)
        if line.strip().startswith("http://"):
            return line.strip()
    raise RuntimeError("The demo did not start:\n" + "".join(said))
