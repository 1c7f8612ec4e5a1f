"""Experiments, and people who are shown something by one."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from gamification.experiments import Wish, find_experiment, save
from models import Context, Experiment
from tests.support.clock import NOW
from tests.support.launches import Caller

HALVES = {"a": 1, "b": 1}
PLAN: dict[str, Any] = {
    "kind": "board_form",
    "variants": {"absolute": 50, "relative": 50},
}


def made(session: Session, of: Context, wish: Wish, now: datetime) -> Experiment:
    """Save an experiment that is not there yet."""
    assert save(session, of, wish, now)
    experiment = find_experiment(session, of.id, wish.key)
    assert experiment is not None
    return experiment


def an_experiment(
    session: Session, of: Context, now: datetime, *, state: str = "on"
) -> Experiment:
    """Build an experiment of two halves in any state."""
    experiment = made(session, of, Wish("board", "board_form", HALVES), now)
    experiment.state = state
    return experiment


def a_running_experiment(
    session: Session, of: Context, key: str = "board", state: str = "on"
) -> Experiment:
    """Build the experiment of PLAN in a course."""
    wish = Wish(key, PLAN["kind"], PLAN["variants"])
    experiment = made(session, of, wish, NOW)
    experiment.state = state
    session.flush()
    return experiment


def expose(caller: Caller, key: str = "board") -> Any:  # noqa: ANN401 -- werkzeug's answer
    """Let somebody say that they are shown what an experiment compares."""
    return caller.send("POST", "/api/v1/me/exposures", {"experiment": key})
