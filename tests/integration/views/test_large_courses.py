"""No page and no list costs more in a large course than in a small one.

But for those that are about everybody, which are named here. SQLite counts the steps
of its machine; it plans the same whatever its tables hold.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bench.places import Place, place
from bench.standing import stand
from gamification.standings.dealing import WEEKS, deal
from gamification.standings.groups import GroupTold, set_groups
from jobs.clock import now
from models import (
    Award,
    Context,
    Earned,
    Exposure,
    Group,
    GroupMember,
    LaunchSession,
    Membership,
    VariantAssignment,
)
from models.db import db
from tests.support.experiments import a_running_experiment
from tests.support.launches import Caller, a_launch
from tests.support.routes import ALLOWED
from tests.support.steps import stepping

SIZES = (300, 3000)
FACTS, EACH = 20, 20
GROWS = 1.25
"""So many times as many steps are more than a larger histogram explains."""
ABOUT_EVERYBODY = {
    "instructor GET /api/v1/courses/<course_id>/digest",
    "instructor GET /api/v1/courses/<course_id>/experiments",
    "instructor GET /api/v1/courses/<course_id>/experiments/<key>",
    "instructor GET /api/v1/courses/<course_id>/groups",
    "instructor GET /api/v1/courses/<course_id>/leaderboard?group=<group_id>",
    "instructor GET /api/v1/courses/<course_id>/lists",
    "instructor GET /api/v1/courses/<course_id>/members",
    "instructor GET /panel/class",
    "instructor GET /panel/manage",
    "instructor GET /panel/overview",
    "learner GET /api/v1/courses/<course_id>/leaderboard?group=<group_id>",
    "learner GET /api/v1/courses/<course_id>/lists",
}
"""The class by name, the week's lists and digest, and how many are in a group or see
a variant: they read a row of each. For a group's board SQLite reads the course's."""
NARROWED = (
    "GET /api/v1/courses/<course_id>/awards?user=<user_id>",
    "GET /api/v1/courses/<course_id>/awards?badge=<key>",
    "GET /api/v1/courses/<course_id>/events?user=<user_id>",
    "GET /api/v1/courses/<course_id>/leaderboard?period=week",
    "GET /api/v1/courses/<course_id>/leaderboard?group=<group_id>",
    "GET /panel/leaderboard?period=week",
)
NOT_READ = {
    "GET /api/v1/courses/<course_id>/codes/<code_id>",
    # It takes a launch that picks links.
    "GET /lti/deep-linking/preview",
}


def test_no_page_reads_a_course() -> None:
    few, many = (steps_of_pages(size) for size in SIZES)

    grown = {name for name, steps in many.items() if steps > GROWS * few[name]}
    assert few.keys() == many.keys() == wanted()
    assert grown == ABOUT_EVERYBODY


def wanted() -> set[str]:
    """Return what these two may read, by the table of who may do what."""
    may = {**ALLOWED, **{route: ALLOWED[route.partition("?")[0]] for route in NARROWED}}
    return {
        f"{role} {route}"
        for route, roles in may.items()
        for role in {"learner", "instructor"} & roles
        if route.startswith("GET ") and route not in NOT_READ
    }


def steps_of_pages(learners: int) -> Mapping[str, int]:
    """Ask for everything a role can read; return how many steps each took."""
    with place("sqlite", learners) as one:
        with one.app.app_context():
            callers, given, engine = *opened(one), db.engine
        steps = {}
        for role, caller in callers.items():
            for route in (*ALLOWED, *NARROWED):
                with stepping(engine) as passed:
                    answer = caller.get(path_of(route, given))
                if route.startswith("GET ") and answer.status_code == 200:
                    steps[f"{role} {route}"] = passed()
    return steps


def path_of(route: str, given: Mapping[str, str]) -> str:
    path = route.partition(" ")[2]
    for name, value in given.items():
        path = path.replace(f"<{name}>", value)
    return path


def doing(facts: int) -> sa.Select[Membership]:
    """Select who did so many things: what is about oneself costs the same for them."""
    return (
        sa.select(Membership)
        .join(Earned, Earned.membership_id == Membership.id)
        .group_by(Membership.id)
        .having(sa.func.count() == facts)
    )


def opened(one: Place) -> tuple[Mapping[str, Caller], Mapping[str, str]]:
    """Let somebody call, as a learner and as a teacher; with what stands for names."""
    session, moment = db.session(), now()
    stand(session, one.context_id, moment, weeks=WEEKS + 1)
    course = session.get_one(Context, one.context_id)
    member = session.scalars(doing(FACTS).limit(1)).one()
    crowd(session, course, moment)
    awards = sa.select(Award.public_id).where(Award.membership_id == member.id)
    theirs = sa.select(Group.public_id).join(
        GroupMember, GroupMember.group_id == Group.id
    )
    given = {
        "course_id": course.public_id,
        "user_id": member.user.public_id,
        "key": "author",
        "award_id": session.scalars(awards.limit(1)).one(),
        "group_id": session.scalars(
            theirs.where(GroupMember.membership_id == member.id)
        ).one(),
    }
    times = times_of(moment)
    client = one.app.test_client()
    callers = {
        role: Caller(
            client, a_launch(session, member, role=role, **times), given["course_id"]
        )
        for role in ("learner", "instructor")
    }
    db.session.remove()
    return callers, given


def times_of(moment: datetime) -> dict[str, datetime]:
    return {
        "created_at": moment,
        "last_used_at": moment,
        "expires_at": moment + timedelta(hours=1),
    }


def crowd(session: Session, course: Context, moment: datetime) -> None:
    """Let everybody have a league, a group, an open page and a variant, too."""
    course.board_lists = course.board_leagues = True
    deal(session, course, moment)
    people = list(session.scalars(sa.select(Membership.id)))
    sections = [
        GroupTold(str(begin), str(begin), frozenset(people[begin : begin + EACH]))
        for begin in range(0, len(people), EACH)
    ]
    set_groups(session, course, "section", sections, moment)
    experiment = a_running_experiment(session, course, "author")
    own = [{"membership_id": id_, "context_id": course.id} for id_ in people]
    shown = {"experiment_id": experiment.id, "variant": "absolute"}
    launched = {
        "registration_id": course.registration_id,
        "deployment_id": course.deployment_id,
        "role": "learner",
        **times_of(moment),
    }
    for table, values in (
        (VariantAssignment, {**shown, "assigned_at": moment}),
        (Exposure, {**shown, "day": moment.date()}),
    ):
        session.execute(sa.insert(table), [{**one, **values} for one in own])
    session.execute(
        sa.insert(LaunchSession),
        [{**one, **launched, "token_hash": str(n)} for n, one in enumerate(own)],
    )
    session.commit()
