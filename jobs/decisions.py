"""What people decide about awards, with its line in the audit; the caller commits."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from gamification.awards import claims, decisions
from gamification.awards.claims import CodeRow, Terms
from gamification.awards.decisions import Revocation
from gamification.awards.giving import (
    Gift,
    Given,
    Giver,
    NotGiven,
    Outcome,
    give,
)
from gamification.switches import switch_of
from jobs.following import follow_up
from jobs.noting import note
from jobs.settings import settings
from models import Award, Context, Membership


def grant(
    session: Session, context: Context, gifts: Sequence[Gift], by: Giver, now: datetime
) -> list[Outcome]:
    """Give badges as `give` does; while a switch is off nobody is given any."""
    off = _off(context)
    if off is not None:
        return [off] * len(gifts)
    outcomes = give(session, context, gifts, by, now)
    _note_given(session, context, outcomes, by, now)
    new = {it.membership_id for it in outcomes if isinstance(it, Given) and it.is_new}
    follow_up(session, context, now, sorted(new))
    return outcomes


def claim(
    session: Session, member: Membership, said: str, now: datetime
) -> Outcome | None:
    """Give a member the badge of a code; None for a wrong one, and while it is off."""
    context = member.context
    if _off(context) is not None:
        return None
    outcome = claims.claim(session, member, said, now)
    if outcome is not None:
        by = Giver(member.user.public_id, "learner", "code")
        _note_given(session, context, [outcome], by, now)
        follow_up(session, context, now, [member.id])
    return outcome


def revoke(
    session: Session, award: Award, why: Revocation, by: Giver, now: datetime
) -> None:
    """End an award as `decisions.revoke` does."""
    decisions.revoke(session, award, why, by, now)
    context = session.get_one(Context, award.context_id)
    note(session, context, "award_revoked", by, now, _about(award))
    follow_up(session, context, now, [award.membership_id])


def lift(session: Session, award: Award, by: Giver, now: datetime) -> None:
    """Lift what keeps a badge from being given again; where nothing does, nothing.

    Whoever meets its rule has it again at once.
    """
    if not decisions.lift(session, award, now):
        return
    context = session.get_one(Context, award.context_id)
    note(session, context, "award_lifted", by, now, _about(award))
    follow_up(session, context, now, [award.membership_id])


def renew(
    session: Session,
    award: Award,
    expires_at: datetime | None,
    by: Giver,
    now: datetime,
) -> None:
    """Let an award last longer or shorter, as `decisions.renew` does."""
    if decisions.renew(session, award, expires_at, now):
        context = session.get_one(Context, award.context_id)
        note(session, context, "award_renewed", by, now, _about(award))


def make_code(
    session: Session, context: Context, terms: Terms, by: Giver, now: datetime
) -> tuple[CodeRow, str] | None:
    """Make a code as `claims.make_code` does."""
    made = claims.make_code(session, context, terms, by.id, now)
    if made is not None:
        note(session, context, "code_made", by, now, {"code": made[0].id})
    return made


def revoke_code(
    session: Session, context: Context, public_id: str, by: Giver, now: datetime
) -> CodeRow | None:
    """Let a code give nothing any more, as `claims.revoke_code` does."""
    ended = claims.revoke_code(session, context.id, public_id, now)
    if ended is not None:
        note(session, context, "code_revoked", by, now, {"code": ended.id})
    return ended


def _off(context: Context) -> NotGiven | None:
    switch = switch_of(context, environment=settings().gamification_enabled)
    if switch.on:
        return None
    off_by = ", ".join(switch.off_by)
    return NotGiven("course", f"badges are off ({off_by})", is_conflict=True)


def _note_given(
    session: Session,
    context: Context,
    outcomes: Sequence[Outcome],
    by: Giver,
    now: datetime,
) -> None:
    given = [one for one in outcomes if isinstance(one, Given)]
    for action, some in (
        ("award_granted", [one for one in given if one.is_new]),
        ("award_pinned", [one for one in given if one.is_pinned]),
    ):
        said = ({"award": one.public_id, "origin": by.origin} for one in some)
        note(session, context, action, by, now, *said)


def _about(award: Award) -> dict[str, str]:
    # The reasons lie with the awards.
    return {"award": award.public_id}
