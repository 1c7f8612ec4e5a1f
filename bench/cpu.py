"""What processes have used so far, by the kernel's own books in /proc."""

import os
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

PROC = Path("/proc")
TICKS = os.sysconf("SC_CLK_TCK")


def cpu_seconds(roots: Iterable[int]) -> float:
    """Return user and system time of these processes and all below them.

    Children that ended and were waited for are included. Exact to one tick of the
    kernel (10 ms) for each process, so measure much more than that.
    """
    return sum(map(_own_seconds, _trees(roots)))


def resident_bytes(roots: Iterable[int]) -> int:
    """Return the memory of these processes and all below them.

    Pages that several of them share are divided among them.
    """
    return sum(map(_proportional_bytes, _trees(roots)))


def _trees(roots: Iterable[int]) -> set[int]:
    children = defaultdict(list)
    for pid, parent in _parents():
        children[parent].append(pid)
    found: set[int] = set()
    waiting = list(roots)
    while waiting:
        pid = waiting.pop()
        found.add(pid)
        waiting += children[pid]
    return found


def _parents() -> Iterator[tuple[int, int]]:
    for entry in PROC.iterdir():
        if entry.name.isdigit() and (fields := _fields(int(entry.name))):
            yield int(entry.name), int(fields[1])


def _own_seconds(pid: int) -> float:
    # proc(5): utime, stime, cutime and cstime are fields 14 to 17.
    return sum(map(int, _fields(pid)[11:15])) / TICKS


def _fields(pid: int) -> list[str]:
    """Return /proc/pid/stat from field 3 on; nothing when the process is gone."""
    try:
        line = (PROC / str(pid) / "stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return []
    # The name in parentheses may hold spaces and parentheses of its own.
    return line.rpartition(")")[2].split()


def _proportional_bytes(pid: int) -> int:
    try:
        lines = (PROC / str(pid) / "smaps_rollup").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    sizes = (line.split()[1] for line in lines if line.startswith("Pss:"))
    return sum(map(int, sizes)) * 1024
