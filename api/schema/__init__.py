"""The GraphQL schema: types, inputs, descriptions, permissions, paging."""

import strawberry
from strawberry import Schema

from api.schema.account_change import AccountMutation
from api.schema.api_key import ApiKeyMutation, ApiKeyQuery
from api.schema.assembly import build_schema
from api.schema.audit import AuditQuery
from api.schema.badge import BadgeQuery
from api.schema.campaign import CampaignQuery
from api.schema.campaign_change import CampaignMutation
from api.schema.campaign_state import CampaignStateMutation
from api.schema.correction_change import CorrectionMutation
from api.schema.evaluation import EvaluationQuery
from api.schema.event import EventQuery
from api.schema.event_change import EventMutation
from api.schema.event_state import EventStateMutation
from api.schema.explanation import ExplanationQuery
from api.schema.exported import ExportMutation, ExportQuery, ExportSubscription
from api.schema.invitation_change import InvitationMutation
from api.schema.invite_list_override import OverrideMutation
from api.schema.link import LinkMutation
from api.schema.node import NodeQuery
from api.schema.number import NumberMutation
from api.schema.people import AsnQuery
from api.schema.place import PlaceQuery
from api.schema.platform_health import PlatformHealthQuery
from api.schema.proof import ProofMutation
from api.schema.public import PublicQuery
from api.schema.ranking import RankingQuery
from api.schema.rate_limit import RateLimitQuery
from api.schema.review import ReviewQuery
from api.schema.review_change import ReviewMutation
from api.schema.subscription import CampaignSubscription
from api.schema.viewer import ViewerQuery


@strawberry.type(description="Everything that can be read.")
class Query(
    ApiKeyQuery,
    AsnQuery,
    AuditQuery,
    BadgeQuery,
    CampaignQuery,
    EvaluationQuery,
    EventQuery,
    ExplanationQuery,
    ExportQuery,
    NodeQuery,
    PlaceQuery,
    PlatformHealthQuery,
    PublicQuery,
    RankingQuery,
    RateLimitQuery,
    ReviewQuery,
    ViewerQuery,
):
    """All queries."""


@strawberry.type(description="Everything that can be changed.")
class Mutation(
    AccountMutation,
    ApiKeyMutation,
    CampaignMutation,
    CampaignStateMutation,
    CorrectionMutation,
    EventMutation,
    EventStateMutation,
    ExportMutation,
    InvitationMutation,
    LinkMutation,
    NumberMutation,
    OverrideMutation,
    ProofMutation,
    ReviewMutation,
):
    """All mutations."""


@strawberry.type(description="Everything that can be watched.")
class Subscription(CampaignSubscription, ExportSubscription):
    """All subscriptions."""


def __getattr__(name: str) -> Schema:
    """Build `schema` when it is first asked for, so that its parts can be imported alone."""
    if name != "schema":
        raise AttributeError(name)
    built = globals()["schema"] = build_schema(Query, Mutation, Subscription)
    return built
