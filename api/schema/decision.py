"""The words in which lists decide: decisions, quotas and reasons."""

import strawberry

from api.domain.selection import InviteDecision, QuotaDimension
from api.schema.enums import described

described(
    InviteDecision,
    "What becomes of a person on a list.",
    {
        "ADMITTED": "Has a seat.",
        "WAITLISTED": "All seats went to people who stand higher.",
        "NOT_ELIGIBLE": "May not be invited; the reasons say why.",
        "COOLING_DOWN": "Was invited lately.",
        "QUOTA_FULL": "Stands high enough, but a quota is full.",
        "REMOVED": "Taken off the list by a person, with a reason.",
    },
)
described(
    QuotaDimension,
    "What a quota counts.",
    {
        "AGENCY": "People of one agency.",
        "PROVINCE": "People of one province.",
        "NEWCOMER": "People who were never invited before.",
    },
)


@strawberry.type(description="One reason for a decision.")
class DecisionReason:
    """A reason."""

    code: str = strawberry.field(description="Stable code for programs.")
    message: str = strawberry.field(description="Sentence for people.")
