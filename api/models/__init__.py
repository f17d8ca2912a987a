"""The tables, and the one way to open the database."""

from api.models.access import ApiKey, IdempotencyRecord
from api.models.account import AccountKey, AccountVerification, AudienceObservation, SocialAccount
from api.models.agency import Agency, AgencyName, Province
from api.models.asn import Asn, Assignment, EmployeeNumber, EmployeeNumberKey
from api.models.audit import AuditEvent, AuditHead
from api.models.badge import Badge, BadgeClass, BadgeCredential
from api.models.campaign import (
    BlockedPhrase,
    Campaign,
    CampaignReview,
    Correction,
    PostVariant,
    Program,
    ProgramPost,
    QuietPeriod,
)
from api.models.database import (
    API_POOL,
    COMMAND_POOL,
    WORKER_POOL,
    Pool,
    apply_migrations,
    connection,
    open_database,
    transaction,
)
from api.models.eligibility import EligibilityAssessment, EligibilityPolicy
from api.models.event import Event, Invitation, InviteList, InviteListEntry, QuotaRule
from api.models.export import Export
from api.models.identity import new_id
from api.models.link import Click, LinkCode, TrackedLink, VisitorSalt
from api.models.privacy import Appeal, BreachIncident, Consent, DataSubjectRequest, ErasureTombstone
from api.models.ranking import (
    Baseline,
    Decay,
    HolderDay,
    HolderPrior,
    Ranking,
    ScoreRun,
    ScoringModel,
    ShareGain,
)
from api.models.share import MetricObservation, Reshare, ReviewFlag, Share, ShareEvidence
from api.models.work import (
    ChargedResource,
    DeadLetter,
    OutboxMessage,
    PlatformBudget,
    PlatformCharge,
    SyncCursor,
    WorkerHeartbeat,
)

__all__ = [
    "API_POOL",
    "COMMAND_POOL",
    "WORKER_POOL",
    "AccountKey",
    "AccountVerification",
    "Agency",
    "AgencyName",
    "ApiKey",
    "Appeal",
    "Asn",
    "Assignment",
    "AudienceObservation",
    "AuditEvent",
    "AuditHead",
    "Badge",
    "BadgeClass",
    "BadgeCredential",
    "Baseline",
    "BlockedPhrase",
    "BreachIncident",
    "Campaign",
    "CampaignReview",
    "ChargedResource",
    "Click",
    "Consent",
    "Correction",
    "DataSubjectRequest",
    "DeadLetter",
    "Decay",
    "EligibilityAssessment",
    "EligibilityPolicy",
    "EmployeeNumber",
    "EmployeeNumberKey",
    "ErasureTombstone",
    "Event",
    "Export",
    "HolderDay",
    "HolderPrior",
    "IdempotencyRecord",
    "Invitation",
    "InviteList",
    "InviteListEntry",
    "LinkCode",
    "MetricObservation",
    "OutboxMessage",
    "PlatformBudget",
    "PlatformCharge",
    "Pool",
    "PostVariant",
    "Program",
    "ProgramPost",
    "Province",
    "QuietPeriod",
    "QuotaRule",
    "Ranking",
    "Reshare",
    "ReviewFlag",
    "ScoreRun",
    "ScoringModel",
    "Share",
    "ShareEvidence",
    "ShareGain",
    "SocialAccount",
    "SyncCursor",
    "TrackedLink",
    "VisitorSalt",
    "WorkerHeartbeat",
    "apply_migrations",
    "connection",
    "new_id",
    "open_database",
    "transaction",
]
