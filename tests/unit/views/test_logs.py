import json
import logging
from io import StringIO

from views.logs import speak_json


def test_a_fault_is_one_line_for_a_machine_without_what_variables_held() -> None:
    lines = StringIO()
    handler = speak_json(lines)
    name = "Zoe Zander"

    try:
        fail_with(name)
    except ValueError:
        logging.getLogger("jobs.sync").exception("Course %d: kein Glück.", 7)
    finally:
        logging.getLogger().removeHandler(handler)

    (line,) = lines.getvalue().splitlines()
    told = json.loads(line)
    assert (told["event"], told["level"], told["logger"]) == (
        "Course 7: kein Glück.",
        "error",
        "jobs.sync",
    )
    assert told["timestamp"].endswith("Z")
    assert told["exception"].endswith("ValueError: 10 letters")
    assert "Zander" not in line


def test_a_second_application_does_not_write_each_line_twice() -> None:
    lines = StringIO()

    speak_json(lines)
    handler = speak_json(lines)
    logging.getLogger("jobs.sync").warning("Once.")
    logging.getLogger().removeHandler(handler)

    assert len(lines.getvalue().splitlines()) == 1


def fail_with(name: str) -> None:
    raise ValueError(f"{len(name)} letters")
