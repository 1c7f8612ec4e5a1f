"""Everything a worker can be asked to do, by name."""

from collections.abc import Callable

from gamification.activity import EVALUATE_COURSE
from jobs import outbox
from jobs.awards import evaluate_course, recompute_all
from jobs.boards import show_due_boards
from jobs.cleaning import clean_up
from jobs.deliveries import send_deliveries
from jobs.endings import end_awards
from jobs.freshness import RECOUNT_COURSE, SYNC_COURSE, SYNC_COURSE_NOW
from jobs.leagues import deal_due_leagues
from jobs.queue import Jobs
from jobs.recounting import recount_course
from jobs.reminders import remind
from jobs.runs import Unfinished
from jobs.scores import PUBLISH_SCORES, publish_due_scores, publish_scores
from jobs.sealing import seal_audit, seal_late_entries
from jobs.sync import sync_course, sync_course_now, sync_due_courses
from jobs.ticks import tick

FOR_A_COURSE: dict[str, Callable[[int], object]] = {
    SYNC_COURSE: sync_course,
    SYNC_COURSE_NOW: sync_course_now,
    EVALUATE_COURSE: evaluate_course,
    RECOUNT_COURSE: recount_course,
    PUBLISH_SCORES: publish_scores,
}


def run_outbox(row_id: int) -> None:
    """Do what one row of the outbox asks for."""
    outbox.run(row_id, FOR_A_COURSE)


def recompute() -> dict[str, object]:
    """Look at every course of every tenant; return how many badges each got.

    Raises Unfinished, in the end, if courses failed.
    """
    outcomes = list(recompute_all())
    awarded: dict[str, object] = {
        outcome.tenant: outcome.found.badges_awarded for outcome in outcomes
    }
    if failed := sum(outcome.failed for outcome in outcomes):
        raise Unfinished(f"Courses that could not be recomputed: {failed}", awarded)
    return awarded


JOBS: Jobs = {
    "sweep_outbox": outbox.sweep,
    "show_due_boards": show_due_boards,
    "deal_due_leagues": deal_due_leagues,
    "run_outbox": run_outbox,
    "sync_due_courses": sync_due_courses,
    "publish_due_scores": publish_due_scores,
    "recompute": recompute,
    "tick": tick,
    "clean_up": clean_up,
    "send_deliveries": send_deliveries,
    "end_awards": end_awards,
    "remind": remind,
    "seal_audit": seal_audit,
    "seal_late_entries": seal_late_entries,
}
