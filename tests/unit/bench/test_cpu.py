import os
import subprocess
import sys

from bench.cpu import cpu_seconds, resident_bytes

BURN = "import time\nwhile time.process_time() < 0.3: pass\n"
BURN_BELOW = (
    f"import subprocess, sys\nsubprocess.run([sys.executable, '-c', {BURN!r}])\n"
)
HOLD = "held = b'x' * 30_000_000\nprint('ready', flush=True)\ninput()\n"


def holding() -> subprocess.Popen[bytes]:
    """Start a child that holds much memory until it is told to end."""
    return subprocess.Popen(  # noqa: S603 -- our own program
        [sys.executable, "-c", HOLD], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )


def test_what_a_child_used_counts_after_its_end() -> None:
    before = cpu_seconds([os.getpid()])

    subprocess.run([sys.executable, "-c", BURN_BELOW], check=True)  # noqa: S603 -- our own program

    assert cpu_seconds([os.getpid()]) - before >= 0.29


def test_what_others_use_does_not_count() -> None:
    with holding() as other:
        before = cpu_seconds([other.pid])
        subprocess.run([sys.executable, "-c", BURN], check=True)  # noqa: S603 -- our own program

        assert cpu_seconds([other.pid]) - before < 0.25
        other.communicate(b"\n")


def test_memory_is_that_of_the_whole_tree() -> None:
    with holding() as child:
        assert child.stdout is not None
        child.stdout.readline()

        assert resident_bytes([os.getpid()]) > resident_bytes([child.pid]) > 30_000_000
        child.communicate(b"\n")


def test_a_process_that_is_gone_uses_nothing() -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()

    assert cpu_seconds([gone.pid]) == 0
