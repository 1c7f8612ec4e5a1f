"""A course's badges looked at anew by a policy: from when, keep or end, tell or not."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gamification.awards.evaluation import evaluate, evaluate_silently, rules_of
from gamification.awards.recompute import Recomputed
from gamification.awards.saving import quieten_all
from gamification.awards.statements import UNMET
from gamification.awards.trees import end_unjustified
from gamification.catalog.own import Past, begin_at, leave_word
from gamification.feedback import tell_of_awards
from gamification.metrics import contributors
from gamification.switches import Switch
from models import Award, Badge, Context
from models.locks import lock_course


@dataclass(frozen=True, kw_only=True)
class Policy(Past):
    """What becomes of the past in a whole course; without a day it begins as it did."""

    spared: tuple[str, ...] = ()
    """The keys of badges that it leaves alone."""


@dataclass(frozen=True)
class Counted:
    """A badge, by its key, and how many people."""

    badge: str
    people: int


@dataclass(frozen=True)
class Remade:
    """What a look by a policy gave and ended, badge by badge in their order."""

    found: Recomputed
    gains: tuple[Counted, ...] = ()
    losses: tuple[Counted, ...] = ()


def remake(
    session: Session, context: Context, policy: Policy, now: datetime, *, switch: Switch
) -> Remade:
    """Award all that is earned in a course, and do with the past as a policy says.

    With `since` every badge in use gets a version by which facts before that moment
    do not count; with `unmet="revoke"` awards end that the rules of today do not
    justify, whatever the badges' own policies, and never what a person gave. Nobody is
    told unless the policy says so. Does nothing while a switch is off. Locks the
    course; the edge commits, or undoes what was only a trial.
    """
    if not switch.on:
        return Remade(Recomputed())
    lock_course(session, context.id)
    if policy.since is not None:
        begin_at(session, context.id, policy.since, now, but=policy.spared)
    last = session.scalar(sa.select(sa.func.max(Award.id))) or 0
    ended = (Award.ended_at == now) & (Award.end_reason == UNMET)
    if policy.unmet == "revoke":
        known = rules_of(session, context.id)
        rules = [rule for rule in known if rule.key not in policy.spared]
        end_unjustified(session, context.id, now, rules, whoever=True)
    if policy.notify:
        tell_of_awards(session, context.id, "revoked", ended, now)
        evaluate(session, context, now, switch=switch)
    else:
        evaluate_silently(session, context, now, switch=switch)
    gains = counted(session, context.id, Award.id > last)
    losses = counted(session, context.id, ended)
    found = Recomputed(
        contributors(session, context.id), sum(one.people for one in gains)
    )
    return Remade(found, tuple(gains), tuple(losses))


def ask(session: Session, context: Context, policy: Policy, now: datetime) -> None:
    """Write a policy down, so that the next look at everybody does what `remake` does.

    Where one policy is asked for while another one waits, the later word on the day
    holds, awards end if either ends them, and nobody is told if either tells nobody. Locks the
    course.
    """
    leave_word(session, context.id, policy, now, but=policy.spared)
    if not policy.notify:
        quieten_all(session, context.id)


def counted(
    session: Session, context_id: int, which: sa.ColumnElement[bool]
) -> list[Counted]:
    """Count a course's awards of which `which` holds, badge by badge in their order."""
    rows = session.execute(
        sa.select(Badge.key, sa.func.count())
        .join(Award, Award.badge_id == Badge.id)
        .where(Award.context_id == context_id, which)
        .group_by(Badge.id, Badge.key, Badge.position)
        .order_by(Badge.position, Badge.id)
    )
    return [Counted(key, people) for key, people in rows]
