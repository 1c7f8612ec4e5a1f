"""Sending scores to a platform's gradebook: which share of its badges somebody has.

Nothing is sent where no line item carries our tag. A score is a count out of a count,
which the platform scales to its line item.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import groupby

from sqlalchemy.orm import Session

from gamification.activity import request
from jobs import freshness, outbox
from jobs.clock import now
from jobs.connections import connected
from jobs.dues import REST_AFTER_NO, Due, due_courses, due_scores
from jobs.freshness import SCORES, Tally
from jobs.settings import settings
from jobs.steps import written
from jobs.sync import may_sync
from lti import score_items, scores
from lti.connector import StrictServiceConnector
from lti.errors import LTIError, ResourceGone, ScoreTooLate, ServiceRefused
from lti.scores import Score
from models import Context, PublishedScore
from models.db import db
from models.locks import begin_write
from models.upsert import insert

PUBLISH_SCORES = "publish_scores"
AT_ONCE = 500
"""So many scores are one run; it asks for the next one."""
NOT_OURS = 412
LAST_MOMENT = datetime.max.replace(tzinfo=UTC)


def publish_scores(context_id: int, *, is_by_hand: bool = False) -> Tally:
    """Send a course's scores that changed since they were last sent.

    A score that a platform does not take of this person is left until it changes, and
    for a day; by hand, all of those are sent again, and all in one run. One for which
    the platform has a later timestamp is tried once more at once, for that may be one
    of ours; then the platform's stays until ours changes, by hand as well. What else
    goes wrong is noted, and tried again after a pause; `tally.needs` says what it was.
    """
    session, tally = db.session(), Tally()
    session.rollback()
    context = session.get_one(Context, context_id)
    registration_id = context.registration_id
    if not may_sync(context):
        session.rollback()
        return tally
    refused_until = LAST_MOMENT if is_by_hand else now() - REST_AFTER_NO
    due = written(session, context_id, lambda known: _begin(known, refused_until))
    rest = [] if is_by_hand else due[AT_ONCE:]
    try:
        with connected(session, registration_id) as connector:
            _send(session, connector, due[: len(due) - len(rest)], tally)
    except LTIError as error:
        fault = error
        tally.needs = written(
            session,
            context_id,
            lambda _: freshness.note_failure(session, context_id, SCORES, fault),
        )
        return tally

    def end(_: Context) -> None:
        freshness.note_success(session, context_id, SCORES, tally)
        if rest:
            request(session, PUBLISH_SCORES, context_id, now(), now())

    written(session, context_id, end)
    return tally


def publish_due_scores() -> int:
    """Ask for every course whose gradebook waits for scores; return how many."""
    session, moment = db.session(), now()
    is_on = settings().gamification_enabled
    due = session.scalars(due_courses(moment)).all() if is_on else []
    session.rollback()
    if due:
        begin_write(session)
        for context_id in due:
            request(session, PUBLISH_SCORES, context_id, moment, moment)
        outbox.wake_after_commit(session)
        session.commit()
    return len(due)


def _begin(context: Context, refused_until: datetime) -> list[Due]:
    """Write down that a try begins; return what is to be sent."""
    session = db.session()
    freshness.note_attempt(session, context.id, SCORES)
    return list(due_scores(session, context.id, now(), refused_until=refused_until))


def _send(
    session: Session,
    connector: StrictServiceConnector,
    due: Sequence[Due],
    tally: Tally,
) -> None:
    """Send scores and count what became of them; what came too late goes once more."""
    late = _send_once(session, connector, due, tally)
    again = _once_more(session, late) if late else []
    if outdone := _send_once(session, connector, again, tally):
        tally.counts["late"] = len(outdone)


def _send_once(
    session: Session,
    connector: StrictServiceConnector,
    due: Sequence[Due],
    tally: Tally,
) -> list[Due]:
    """Send scores; return those that came too late, which are not counted."""
    late = []
    for item_id, scores_of_item in groupby(due, lambda one: one.item_id):
        try:
            for one in scores_of_item:
                state = _sent(session, connector, one)
                if state == "late":
                    late.append(one)
                else:
                    tally.counts[state] += 1
        except ServiceRefused as error:
            if not isinstance(error, ResourceGone) and error.status != NOT_OURS:
                raise
            # Deleted, or its course is over: the next list of line items tells.
            begin_write(session)
            score_items.mark_gone(session, item_id, now())
            session.commit()
            tally.counts["gone"] += 1
    return late


def _once_more(session: Session, late: Sequence[Due]) -> list[Due]:
    """Return which of the scores that came too late are due still, and as what.

    None is where another sender of ours was faster, and has sent the same.
    """
    places = {one.place for one in late}
    rested = now() - REST_AFTER_NO
    session.rollback()
    due = due_scores(
        session, late[0].context_id, now(), refused_until=rested, once_more=places
    )
    again = [one for one in due if one.place in places]
    session.rollback()
    return again


def _sent(session: Session, connector: StrictServiceConnector, due: Due) -> str:
    """Send one score, write down what became of it, and return that."""
    at = scores.next_moment(connector.platform, due.before, now())
    score = Score(due.sub, due.given, due.maximum, at)
    try:
        scores.publish(connector, due.url, score)
        state = "accepted"
    except ScoreTooLate:
        state = "late"
    except ServiceRefused as error:
        if not connector.platform.refuses_person(error.status):
            raise
        state = "refused"
    _note(session, due, score, state)
    return state


def _note(session: Session, due: Due, score: Score, state: str) -> None:
    """Write down what became of a score, unless another sender sent a later one."""
    key = {"score_item_id": due.item_id, "membership_id": due.membership_id}
    values = {
        "given": score.given,
        "maximum": score.maximum,
        "scored_at": score.at,
        "state": state,
    }
    begin_write(session)
    session.execute(
        insert(session, PublishedScore)
        .values(context_id=due.context_id, **key, **values)
        .on_conflict_do_update(
            index_elements=list(key),
            set_=values,
            where=PublishedScore.scored_at < score.at,
        )
    )
    session.commit()
