"""What we remember: every table and constraint; no queries, no rules."""

from models.access import ApiKey
from models.activity import (
    Contribution,
    Earned,
    Histogram,
    Scoring,
    ShownStanding,
    Standing,
)
from models.answers import KeptAnswer
from models.audit import AuditSeal
from models.base import Base
from models.claiming import ClaimAttempt, ClaimCode
from models.copying import CopyProposal
from models.course import (
    OPERATOR,
    STAFF,
    Context,
    Item,
    ItemSource,
    Membership,
    ResourceLink,
    User,
    UserIdentity,
)
from models.experiment import Experiment, Exposure, Variant, VariantAssignment
from models.gradebook import PublishedScore, ScoreItem
from models.groups import Group, GroupMember
from models.item_sets import ItemInSet, ItemSet
from models.launch import AuditEntry, LaunchSession, Login, PendingLaunch
from models.leagues import LeagueDraw, LeaguePlace
from models.messages import MessageTemplate
from models.news import Notification, NotificationPreference
from models.person import ConsentEntry, FormerAlias, MergeStep, PersonMerge
from models.platform import Deployment, Invitation, KeyPair, Registration, Tenant
from models.progress import (
    CalendarBreak,
    ExcusedPeriod,
    FreeWeek,
    MilestoneReached,
    PersonalBest,
)
from models.recognition import Award, Badge, BadgeVersion
from models.webhooks import Delivery, OutboundWebhook
from models.work import JobRun, Notice, Outbox, StreamEvent, SyncState

__all__ = [
    "OPERATOR",
    "STAFF",
    "ApiKey",
    "AuditEntry",
    "AuditSeal",
    "Award",
    "Badge",
    "BadgeVersion",
    "Base",
    "CalendarBreak",
    "ClaimAttempt",
    "ClaimCode",
    "ConsentEntry",
    "Context",
    "Contribution",
    "CopyProposal",
    "Delivery",
    "Deployment",
    "Earned",
    "ExcusedPeriod",
    "Experiment",
    "Exposure",
    "FormerAlias",
    "FreeWeek",
    "Group",
    "GroupMember",
    "Histogram",
    "Invitation",
    "Item",
    "ItemInSet",
    "ItemSet",
    "ItemSource",
    "JobRun",
    "KeptAnswer",
    "KeyPair",
    "LaunchSession",
    "LeagueDraw",
    "LeaguePlace",
    "Login",
    "Membership",
    "MergeStep",
    "MessageTemplate",
    "MilestoneReached",
    "Notice",
    "Notification",
    "NotificationPreference",
    "OutboundWebhook",
    "Outbox",
    "PendingLaunch",
    "PersonMerge",
    "PersonalBest",
    "PublishedScore",
    "Registration",
    "ResourceLink",
    "ScoreItem",
    "Scoring",
    "ShownStanding",
    "Standing",
    "StreamEvent",
    "SyncState",
    "Tenant",
    "User",
    "UserIdentity",
    "Variant",
    "VariantAssignment",
]
