"""`make demo`: a course page with Laurel in it, and its worker, on this machine.

Every start begins anew: what the last demo left in instance/demo is removed. Stops
everything it started on Ctrl-C or SIGTERM. Standard library and our own commands.
"""

import argparse
import fcntl
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import FrameType
from typing import NoReturn
from urllib.error import URLError

from tests.support.visitor import Visitor, ask, open_panel

ROOT = Path(__file__).resolve().parent.parent.parent
HOME = ROOT / "instance" / "demo"
CLIENT_ID = "laurel-demo"
PORTS_TRIED = 50
PATIENCE = 10
"""Seconds that a program gets to end before it is killed."""

GREETING = """
Laurel runs inside a course page. Open

    {learner}

You look at the course as a learner; choose “{teacher}” above to look as the teacher,
and press “Next week” to let a week pass. The worker fetches new grades every minute.
What the programs say is in {logs}. Ctrl-C stops everything.

To type Laurel's commands for this demo in another terminal, `. {environment}` first.
"""


class Stopped(Exception):
    """The demo cannot go on; the message says why."""


class Demo:
    """The addresses of one demo, and the programs that run in it."""

    def __init__(self, home: Path, tool: socket.socket, campus_port: int) -> None:
        self.home = home
        self.socket = tool
        self.tool = f"http://127.0.0.1:{tool.getsockname()[1]}"
        # Another site than the tool's, so that its cookies are third-party ones.
        self.campus = f"http://localhost:{campus_port}"
        self.campus_port = campus_port
        self.running: list[tuple[str, subprocess.Popen[str]]] = []
        self.settings = {
            "LAUREL_ENV": "development",
            "PUBLIC_URL": self.tool,
            "INSTANCE_PATH": str(home),
            "DATABASE_URL": f"sqlite:///{home / 'laurel.db'}",
            "CLOCK_FILE": str(home / "clock.json"),
            "GAMIFICATION_ENABLED": "true",
            "SYNC_EVERY_MINUTES": "1",
            "TRUSTED_PROXIES": "0",
            "PYTHONUNBUFFERED": "1",
        }
        self.environment = os.environ | self.settings

    def flask(self, *arguments: str) -> None:
        """Run one command to its end. Raises Stopped with what it said."""
        done = subprocess.run(  # noqa: S603 -- our own command
            [sys.executable, "-m", "flask", *arguments],
            cwd=ROOT,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            said = f"{done.stdout}{done.stderr}".strip()
            raise Stopped(f"`flask {' '.join(arguments)}` failed:\n{said}")

    def start(
        self, name: str, *arguments: str, give: tuple[int, ...] = ()
    ) -> subprocess.Popen[str]:
        """Start a program that runs until the demo ends; its log is named after it."""
        with self.log(name).open("w") as log:
            program = subprocess.Popen(  # noqa: S603 -- our own command
                [sys.executable, "-m", *arguments],
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE if name == "campus" else log,
                stderr=log,
                text=True,
                pass_fds=give,
                # Ctrl-C is for us alone: we stop them in order.
                start_new_session=True,
            )
        self.running.append((name, program))
        return program

    def stop(self) -> None:
        """Stop every program that was started, the last one first."""
        for _, program in reversed(self.running):
            program.terminate()
        for _, program in reversed(self.running):
            try:
                program.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                program.kill()
                program.wait()

    def write_environment(self) -> Path:
        """Write what a shell needs to type our commands; return where."""
        path = {
            "PATH": f"{Path(sys.executable).parent}:$PATH",
            "FLASK_APP": ROOT / "app.py",
        }
        lines = [
            f'export {name}="{value}"'
            for name, value in {**self.settings, **path}.items()
        ]
        file = self.home / "environment.sh"
        file.write_text("\n".join(lines) + "\n")
        return file

    def log(self, name: str) -> Path:
        return self.home / f"{name}.log"

    def ended(self) -> str | None:
        """Return the name of a program that is not running any more."""
        over = (name for name, program in self.running if program.poll() is not None)
        return next(over, None)


def main() -> None:
    options = _parser().parse_args()
    signal.signal(signal.SIGTERM, _interrupt)
    signal.signal(signal.SIGCHLD, _notice)
    try:
        with ExitStack() as stack:
            stack.enter_context(_alone(options.home))
            tool = stack.enter_context(_listening("127.0.0.1", options.port))
            with _listening("localhost", options.campus_port) as found:
                campus_port = found.getsockname()[1]
            demo = Demo(options.home, tool, campus_port)
            stack.callback(demo.stop)
            _run(demo)
    except KeyboardInterrupt:
        print("Stopped.")
    except Stopped as reason:
        sys.exit(str(reason))


def _run(demo: Demo) -> None:
    print("Starting anew: database, campus, web server, worker …", flush=True)
    demo.flask("db", "upgrade")
    campus = _start(demo)
    demo.flask("platform", "add", *_platform(demo.campus))
    demo.flask("gamification", "enable", "--tenant", "demo")
    if campus.stdout is None or not campus.stdout.readline():
        raise Stopped(f"The campus did not start; see {demo.log('campus')}")
    _begin_course(demo)
    demo.flask("sync", "run", "--tenant", "demo")
    demo.start("worker", "flask", "worker")
    teacher, learner = _views(demo)
    environment = demo.write_environment()
    print(
        GREETING.format(
            learner=learner, teacher=teacher, logs=demo.home, environment=environment
        ),
        flush=True,
    )
    _wait(demo)


def _platform(campus: str) -> list[str]:
    """Return what `flask platform add` is told about the campus."""
    return [
        *("--tenant", "demo", "--issuer", campus, "--client-id", CLIENT_ID),
        *("--auth-login-url", f"{campus}/mod/lti/auth.php"),
        *("--token-url", f"{campus}/mod/lti/token.php"),
        *("--jwks-url", f"{campus}/mod/lti/certs.php"),
        *("--frame-origin", campus),
    ]


def _start(demo: Demo) -> subprocess.Popen[str]:
    """Start the campus and the web server; the campus says a line when it listens.

    The web server's socket listens already: who comes early waits in line.
    """
    campus = demo.start(
        "campus",
        *("campus", "--host", "localhost", "--port", str(demo.campus_port)),
        *("--tool-url", demo.tool, "--client-id", CLIENT_ID),
        *("--clock-file", demo.environment["CLOCK_FILE"]),
    )
    socket_number = demo.socket.fileno()
    demo.start(
        "web",
        *("gunicorn", "--bind", f"fd://{socket_number}", "--no-control-socket"),
        *("--worker-class", "gthread", "--workers", "1", "--threads", "16"),
        "app:create_app()",
        give=(socket_number,),
    )
    demo.socket.close()
    return campus


def _begin_course(demo: Demo) -> None:
    """Let the teacher open the panel once, and switch the course and its board on."""
    try:
        bearer = open_panel(_course(demo), demo.tool)
        course = ask("GET", f"{demo.tool}/api/v1/me", bearer)["course"]["id"]
        address = f"{demo.tool}/api/v1/courses/{course}/settings"
        settings = ask("GET", address, bearer)
        settings["enabled"] = True
        settings["board"] |= {"enabled": True, "participation": "opt_out"}
        ask("PUT", address, bearer, settings)
    except (URLError, ConnectionError) as problem:
        raise Stopped(f"{problem}; see {demo.log('web')}") from problem


def _course(demo: Demo) -> str:
    index = Visitor().get(f"{demo.campus}/")
    return next(url for url in index.links.values() if "/course/" in url)


def _views(demo: Demo) -> tuple[str, str]:
    """Return the teacher's name, and the course as the first learner sees it."""
    index = Visitor().get(f"{demo.campus}/")
    people = [(name, url) for name, url in index.links.items() if "?as=" in url]
    # The campus lists its staff of two first.
    return people[0][0], people[2][1]


def _wait(demo: Demo) -> None:
    """Sleep until somebody stops us, or a program ends. Raises Stopped then."""
    awaited = {signal.SIGINT, signal.SIGTERM, signal.SIGCHLD}
    signal.pthread_sigmask(signal.SIG_BLOCK, awaited)
    while (over := demo.ended()) is None:
        if signal.sigwait(awaited) != signal.SIGCHLD:
            raise KeyboardInterrupt
    raise Stopped(f"The {over} ended by itself; see {demo.log(over)}")


@contextmanager
def _alone(home: Path) -> Iterator[None]:
    """Make an empty home for this demo. Raises Stopped if one runs already."""
    home.parent.mkdir(parents=True, exist_ok=True)
    with home.with_suffix(".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Stopped("A demo runs already in this folder.") from None
        shutil.rmtree(home, ignore_errors=True)
        home.mkdir()
        yield


def _listening(host: str, port: int) -> socket.socket:
    """Listen on this port, or on the next one that is free."""
    for candidate in range(port, port + PORTS_TRIED):
        try:
            return socket.create_server((host, candidate))
        except OSError:
            continue
    raise Stopped(f"No port is free between {port} and {port + PORTS_TRIED}.")


def _interrupt(_signal: int, _frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt


def _notice(_signal: int, _frame: FrameType | None) -> None:
    """Do nothing; a signal without a handler would not be waited for."""


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="make demo", description=__doc__)
    parser.add_argument("--port", type=int, default=5000, help="of the tool")
    parser.add_argument("--campus-port", type=int, default=8080)
    parser.add_argument("--home", type=Path, default=HOME, help="is emptied first")
    return parser


if __name__ == "__main__":
    main()
