"""Bringing a course's roster over: fetch a page, write it down, fetch the next."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from random import SystemRandom

from gamification.standings.aliases import assign
from gamification.standings.upkeep import refresh
from jobs.believing import use_up
from jobs.clock import now
from jobs.freshness import ROSTER
from jobs.regrouping import regroup
from jobs.steps import Step, chunks
from lti import members, roster
from lti.groups import Groups
from lti.members import Leavers
from lti.roster import Member
from models import Context

AT_ONCE = 200
"""How many people one transaction writes down: others write between two of them."""
UNTOLD: Groups = {}


def sync_roster(step: Step) -> None:
    """Make a course's people those the platform names.

    Raises LTIError when the roster was not read whole: what was read is kept, but for
    people of several ids, and nobody left. `tally.needs` tells when too many left to
    believe it.
    """
    began = now()
    # Whose ids lie apart in the roster would be called by each of them in turn.
    several = members.of_several_ids(step.session, step.course.id)
    step.session.rollback()
    held: dict[int, list[Member]] = defaultdict(list)
    present: set[str] = set()
    told: dict[str, Groups] = {}
    course = step.course
    for page in roster.pages(step.connector, course.memberships_url, course.lti_id):
        step.tally.dropped += [row.told() for row in page.dropped]
        for member in page.members:
            if member.sub in several:
                held[several[member.sub]].append(member)
        others = [member for member in page.members if member.sub not in several]
        for people in chunks(others, AT_ONCE):
            _store(step, people)
        present |= {member.sub for member in page.members} | page.unclear
        present -= page.gone
        told |= {member.sub: member.groups for member in page.members}
        told |= dict.fromkeys(page.unclear, UNTOLD)
    for some in chunks(list(held.values()), AT_ONCE // 2):
        _store(step, [member for rows in some for member in rows])
    step.tally.counts["people"] = len(present)
    _leave(step, present, began)
    if not step.tally.needs:
        step.present.update(present)
        regroup(step, {sub: told[sub] for sub in present})


def _store(step: Step, people: Sequence[Member]) -> None:
    def store(context: Context) -> int:
        stored = members.store(step.session, context, people, now())
        known = set(stored.written) - set(stored.new)
        if known:
            refresh(step.session, context, known)
        return len(stored.new)

    step.tally.counts["new"] += step.written(store)


def _leave(step: Step, present: set[str], began: datetime) -> None:
    def leave(context: Context) -> Leavers:
        use_up(step, ROSTER)
        leavers = members.absent_from(step.session, context, present, began)
        if _is_believed(step, leavers, present):
            members.leave(step.session, leavers, now())
            refresh(step.session, context, leavers.members)
        assign(step.session, context, SystemRandom())
        return leavers

    leavers = step.written(leave)
    if _is_believed(step, leavers, present):
        step.tally.counts["left"] = len(leavers.members)
    else:
        step.tally.needs = _question(leavers)


def _is_believed(step: Step, leavers: Leavers, present: set[str]) -> bool:
    return step.consent.leavers or members.are_believable(leavers, present)


def _question(leavers: Leavers) -> str:
    return (
        f"The platform's roster lacks {len(leavers.members)} of {leavers.known} people; "
        "nobody was taken out. If they left, a teacher says so on the course's page, or "
        "the operator by `flask sync run` with --course and --accept-leavers."
    )
