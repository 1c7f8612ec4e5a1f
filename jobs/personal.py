"""Everything that is kept about one member, for that member: their right to read it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, Session

from gamification.activity.log import FactRow, facts_of, row_of
from gamification.awards.history import AwardRow, own_awards
from models import (
    Base,
    ClaimAttempt,
    ConsentEntry,
    Contribution,
    ExcusedPeriod,
    Experiment,
    Exposure,
    FormerAlias,
    FreeWeek,
    Group,
    GroupMember,
    KeptAnswer,
    LaunchSession,
    LeaguePlace,
    Membership,
    MilestoneReached,
    Notification,
    NotificationPreference,
    PersonalBest,
    PublishedScore,
    Standing,
    UserIdentity,
    VariantAssignment,
)

ALL = 10**9
SECTIONS: Mapping[str, tuple[InstrumentedAttribute[Any], ...]] = MappingProxyType(
    {
        "standings": (
            Standing.period,
            Standing.points,
            Standing.events,
            Standing.completed,
            Standing.updated_at,
        ),
        "launches": (
            LaunchSession.created_at,
            LaunchSession.last_used_at,
            LaunchSession.ended_at,
            LaunchSession.role,
            LaunchSession.panel,
            LaunchSession.badge_key,
            LaunchSession.locale,
        ),
        "consents": (
            ConsentEntry.subject,
            ConsentEntry.given,
            ConsentEntry.decided_at,
        ),
        "former_aliases": (FormerAlias.alias, FormerAlias.given_back_at),
        "milestones": (
            MilestoneReached.kind,
            MilestoneReached.value,
            MilestoneReached.reached_at,
        ),
        "personal_bests": (
            PersonalBest.kind,
            PersonalBest.value,
            PersonalBest.maximum,
            PersonalBest.place,
        ),
        "excused_periods": (
            ExcusedPeriod.first_day,
            ExcusedPeriod.last_day,
            ExcusedPeriod.created_at,
        ),
        "free_weeks": (FreeWeek.week,),
        "experiments": (VariantAssignment.variant, VariantAssignment.assigned_at),
        "exposures": (Exposure.variant, Exposure.day),
        "leagues": (LeaguePlace.week, LeaguePlace.points, LeaguePlace.league),
        "published_scores": (
            PublishedScore.given,
            PublishedScore.maximum,
            PublishedScore.scored_at,
            PublishedScore.state,
        ),
        "notifications": (
            Notification.kind,
            Notification.key,
            Notification.created_at,
            Notification.seen_at,
        ),
        "notifications_unwanted": (
            NotificationPreference.kind,
            NotificationPreference.created_at,
        ),
        "wrong_codes": (ClaimAttempt.tried_at,),
        "kept_answers": (KeptAnswer.key, KeptAnswer.status, KeptAnswer.created_at),
    }
)
"""What is told as it is kept, column by column: no id of anybody else is in these."""
BY_LEARNER = ["context_id", "membership_id"]
"""How the key of a table begins that is asked by both; others have an index."""
TOLD_APART = ("contribution", "award", "group_member")
LEFT_OUT: Mapping[str, str] = MappingProxyType(
    {
        "earned": "the same facts once more, with their points",
        "shown_standing": "the same standings, a batch behind",
        "stream_event": "that something changed, for a day; what changed is told",
    }
)
"""Tables with a member that are told by another one."""


@dataclass(frozen=True)
class Kept:
    """All that is kept about somebody in one course."""

    subs: list[str]
    """How the platform names them."""
    events: list[FactRow]
    """What they did, with what was corrected since, the newest first."""
    awards: list[AwardRow]
    groups: list[dict[str, Any]]
    """The groups they are and were in."""
    rest: dict[str, list[dict[str, Any]]]
    """Rows of other tables by section; numbers of points are in millionths."""


def kept_about(session: Session, member: Membership, now: datetime) -> Kept:
    """Read everything about a member, in a query for each kind of it."""
    newest = facts_of(member).order_by(
        Contribution.recorded_at.desc(), Contribution.id.desc()
    )
    return Kept(
        subs=_subs(session, member),
        events=[row_of(found) for found in session.execute(newest)],
        awards=[row for _, row in own_awards(session, member, now, (0, None), ALL)],
        groups=_groups(session, member),
        rest={
            name: _section(session, member, columns)
            for name, columns in SECTIONS.items()
        },
    )


def tables_told() -> set[str]:
    """Return the tables whose rows about a member are told, or told by another one."""
    told = {_table_of(columns).name for columns in SECTIONS.values()}
    return told | {*TOLD_APART, *LEFT_OUT}


def tables_about_members() -> set[str]:
    """Return every table that has a member."""
    return {
        table.name
        for table in Base.metadata.tables.values()
        if "membership_id" in table.c
    }


def _subs(session: Session, member: Membership) -> list[str]:
    query = sa.select(UserIdentity.sub).where(
        UserIdentity.user_id == member.user_id,
        UserIdentity.registration_id == member.context.registration_id,
    )
    return list(session.scalars(query.order_by(UserIdentity.id)))


def _groups(session: Session, member: Membership) -> list[dict[str, Any]]:
    rows = session.execute(
        sa.select(Group.kind, Group.name, GroupMember.valid_from, GroupMember.valid_to)
        .join(Group, Group.id == GroupMember.group_id)
        .where(GroupMember.membership_id == member.id)
        .order_by(GroupMember.id)
    )
    return [dict(row) for row in rows.mappings()]


def _section(
    session: Session,
    member: Membership,
    columns: tuple[InstrumentedAttribute[Any], ...],
) -> list[dict[str, Any]]:
    table = _table_of(columns)
    query = sa.select(*columns).where(table.c.membership_id == member.id)
    if [column.name for column in table.primary_key][:2] == BY_LEARNER:
        query = query.where(table.c.context_id == member.context_id)
    if "experiment_id" in table.c:
        # A variant says nothing without what it is one of.
        ours = sa.and_(
            Experiment.id == table.c.experiment_id,
            Experiment.context_id == member.context_id,
        )
        query = query.add_columns(Experiment.key.label("experiment"))
        query = query.join(Experiment, ours)
    rows = session.execute(query.order_by(*table.primary_key.columns))
    return [dict(row) for row in rows.mappings()]


def _table_of(columns: tuple[InstrumentedAttribute[Any], ...]) -> sa.Table:
    table: sa.Table = columns[0].class_.__table__
    return table
