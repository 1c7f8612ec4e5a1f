"""A course's settings, and what a change of them sets going."""

from datetime import datetime

from gamification.activity import EVALUATE_COURSE, request
from gamification.awards.giving import Giver
from gamification.catalog.settings import COLUMNS
from jobs.catalog import adopt_catalog
from jobs.clock import now
from jobs.following import ask_for_all
from jobs.locking import locked_settings_of, refuse_locked_settings
from jobs.noting import note
from jobs.outbox import wake_after_commit
from jobs.recounting import request_recount
from jobs.settling import Shown, follow_board, settle
from jobs.sync import request_sync
from models import Context
from models.db import db
from models.locks import lock_course
from views.api import setting_schemas as schemas
from views.pages import switch_now

NAMES = {
    **{column: name for name, column in COLUMNS.items()},
    "next_time_zone": "time_zone",
    "term_start": "term",
    "term_end": "term",
}
"""What a column is called in the settings, where that is another name."""


def settings_of(context: Context) -> schemas.Settings:
    """Return what is decided for a course."""
    return schemas.Settings(
        enabled=context.enabled,
        board=schemas.Board(
            enabled=context.board_enabled,
            identity=context.board_identity,  # type: ignore[arg-type] # the database keeps it to these words
            rank=context.board_rank,  # type: ignore[arg-type] # the database keeps it to these words
            span=schemas.Span(
                neighbours=context.board_neighbours, top=context.board_top
            ),
            participation=context.board_participation,  # type: ignore[arg-type] # the database keeps it to these words
            minimum=context.board_minimum,
            lists=context.board_lists,
            leagues=context.board_leagues,
        ),
        time_zone=context.chosen_zone,
        term=schemas.Term(start=context.term_start, end=context.term_end),
        locked=locked_settings_of(context),
    )


def change(context: Context, asked: schemas.SettingsChange, by: Giver) -> None:
    """Decide anew what is named, and let badges, board and totals follow.

    Raises Locked for what the organisation keeps as it is; then nothing changes.
    """
    session, moment = db.session(), now()
    lock(context)
    settle(session, context, moment)
    before, was = settings_of(context), Shown.of(context)
    # What was read and sent back is no decision: a course without a zone of its
    # own keeps following its organisation's.
    decided = {
        column: value
        for column, value in _columns(asked).items()
        if value != _effective(context, column)
    }
    refuse_locked_settings(context, by, *(NAMES.get(name, name) for name in decided))
    for column, value in decided.items():
        setattr(context, column, value)
    after = settings_of(context)
    if after == before:
        return
    session.flush()
    said = {"settings": after.model_dump(mode="json")}
    note(session, context, "settings_changed", by, moment, said)
    follow_board(session, context, was, moment)
    _follow(context, before, after, moment)


def _follow(
    context: Context,
    before: schemas.Settings,
    after: schemas.Settings,
    moment: datetime,
) -> None:
    """Set going what else a change brings with it."""
    session = db.session()
    if (after.time_zone, after.term) != (before.time_zone, before.term):
        request_recount(session, context, moment)
    if after.term != before.term:
        # What counts in the term counts on other days now.
        ask_for_all(session, context.id, moment)
    if after.enabled and not before.enabled:
        _begin(context, moment)


def lock(context: Context) -> None:
    """Take the course before its row: whoever has it may be about to write that."""
    session = db.session()
    if lock_course(session, context.id):
        session.refresh(context)


def _columns(asked: schemas.SettingsChange) -> dict[str, object]:
    """Return the columns that are to change; what is left out stays."""
    board = asked.board
    named: dict[str, object] = {
        "enabled": asked.enabled,
        "board_enabled": board.enabled,
        "board_identity": board.identity,
        "board_rank": board.rank,
        "board_neighbours": board.span.neighbours,
        "board_top": board.span.top,
        "board_participation": board.participation,
        "board_minimum": board.minimum,
        "board_lists": board.lists,
        "board_leagues": board.leagues,
        # Its days and what was counted by them change together: when it is recounted.
        "next_time_zone": asked.time_zone,
    }
    columns: dict[str, object] = {
        name: value for name, value in named.items() if value is not None
    }
    if asked.term is not None:
        columns |= {"term_start": asked.term.start, "term_end": asked.term.end}
    return columns


def _effective(context: Context, column: str) -> object:
    value: object = getattr(
        context, "chosen_zone" if column == "next_time_zone" else column
    )
    return value


def _begin(context: Context, moment: datetime) -> None:
    """Give a course that was turned on its badges, and fetch what was done so far."""
    if not switch_now(context).on:
        return
    session = db.session()
    adopt_catalog(session, context, moment)
    request(session, EVALUATE_COURSE, context.id, moment, moment)
    request_sync(session, context, moment, now_please=True)
    wake_after_commit(session)
