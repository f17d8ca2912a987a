"""The enums of the contract that several types share; importing this describes them."""

from enum import Enum

import strawberry

from api.domain.access import Role, Scope
from api.domain.agency import AgencyKind
from api.domain.badge import BadgeStatus
from api.domain.coordination import ReviewRule
from api.domain.eligibility import Outcome, ReasonCode
from api.domain.nip import EmploymentKind
from api.domain.platform import (
    AudienceKind,
    AudienceSource,
    Coverage,
    EvidenceLevel,
    Platform,
    ShareKind,
)
from api.schema.enums import described

described(
    Platform,
    "A network on which program posts are shared.",
    {
        "X": "The network X, once Twitter.",
        "INSTAGRAM": "The network Instagram.",
        "FACEBOOK": "The network Facebook.",
        "BLUESKY": "The open network Bluesky.",
        "MASTODON": "The open network Mastodon.",
    },
)

described(
    ShareKind,
    "The way in which a share passes a program post on.",
    {
        "REPOST": "A plain repost without own words.",
        "QUOTE": "A post with own words that carries the program post.",
        "LINK_POST": "A post with own words and a link to the program post.",
        "MENTION": "A post that mentions the official account.",
        "TAG": "A post that tags the official account.",
        "STORY_MENTION": "A story that mentions the official account.",
        "REPLY_LINK": "A reply that carries a link to the program post.",
    },
)

described(
    EvidenceLevel,
    "How well a share is proved, from weakest to strongest.",
    {
        "DECLARED": "The holder says so; never counted.",
        "LINK_OBSERVED": "People visited the holder's tracked link; proves reach, not a share.",
        "PROOF_REVIEWED": "A second person accepted a link or screenshot.",
        "API_CONFIRMED": "The network itself names the holder's verified account.",
    },
)

described(
    Coverage,
    "How much of the truth a figure can know.",
    {
        "COMPLETE": "The network's whole list was read.",
        "CAPPED": "The network or the budget ended the list early.",
        "CONSENTED_ONLY": "The network names only people who agreed to it.",
        "UNKNOWN": "No list exists or none was read yet.",
    },
)

described(
    AudienceKind,
    "What an audience is made of.",
    {"FOLLOWERS": "People who follow the account.", "FRIENDS": "Mutual friends of a person."},
)

described(
    AudienceSource,
    "Where an audience figure comes from, from best to weakest.",
    {
        "PUBLIC_API": "The network's public interface.",
        "OWNER_API": "The network, asked with the owner's own token.",
        "REVIEWED": "A second person looked at a screenshot.",
        "DECLARED": "The owner says so; satisfies no requirement.",
    },
)


described(
    EmploymentKind,
    "The two kinds of civil servant.",
    {"PNS": "Permanent civil servant.", "PPPK": "Civil servant on a work agreement."},
)

described(
    AgencyKind,
    "What an agency is in the state's structure.",
    {
        "MINISTRY": "A ministry.",
        "INSTITUTION": "A national institution.",
        "PROVINCE_GOVERNMENT": "The government of a province.",
        "REGENCY_GOVERNMENT": "The government of a regency.",
        "CITY_GOVERNMENT": "The government of a city.",
        "UNIT": "A work unit of an agency.",
    },
)

described(
    BadgeStatus,
    "The state of a badge.",
    {
        "PENDING": "Eligible; a condition is still open.",
        "ACTIVE": "In force.",
        "SUSPENDED": "Paused with a reason.",
        "REVOKED": "Taken away for good.",
        "EXPIRED": "Ended for good.",
    },
)


described(
    Outcome,
    "What a policy says about a person.",
    {
        "ELIGIBLE": "All conditions are met.",
        "NOT_ELIGIBLE": "A condition is not met; the reasons say which.",
        "UNKNOWN": "Data are missing or too old; nothing is taken away for it.",
    },
)

described(
    ReasonCode,
    "How a person stands to one condition.",
    {
        "MEETS": "The condition is met.",
        "BELOW_THRESHOLD": "The audience is too small.",
        "ACCOUNT_MISSING": "No account on this network is linked.",
        "ACCOUNT_UNVERIFIED": "Ownership of the account is not proved.",
        "OBSERVATION_MISSING": "The audience is not known.",
        "OBSERVATION_STALE": "The audience was seen too long ago.",
        "INACTIVE": "No public post or counted share in the window.",
        "CONSENT_MISSING": "The person has not agreed to this.",
        "NOT_CURRENT_ASN": "Not a civil servant at present.",
        "TRAINING_OPEN": "The training is not done yet.",
    },
)


@strawberry.enum(description="What a person may agree to; no purpose hangs on another.")
class ConsentPurpose(Enum):
    """What a person may agree to."""

    ACCOUNT_TRACKING = strawberry.enum_value(
        "ACCOUNT_TRACKING", description="Finding out which program posts an account shared."
    )
    METRICS = strawberry.enum_value("METRICS", description="Reading the figures of an account.")
    PUBLIC_RANKING = strawberry.enum_value(
        "PUBLIC_RANKING", description="Being shown in a ranking that others see."
    )
    BADGE_PUBLIC = strawberry.enum_value(
        "BADGE_PUBLIC", description="Showing name and agency beside the public badge."
    )
    INVITATION_CONTACT = strawberry.enum_value(
        "INVITATION_CONTACT", description="Being considered for and invited to events."
    )


__all__ = [
    "AgencyKind",
    "AudienceKind",
    "AudienceSource",
    "BadgeStatus",
    "ConsentPurpose",
    "Coverage",
    "EmploymentKind",
    "EvidenceLevel",
    "Outcome",
    "Platform",
    "ReasonCode",
    "ReviewRule",
    "Role",
    "Scope",
    "ShareKind",
]

described(
    Role,
    "What a signed-in caller may do.",
    {
        "ADMIN": "Runs the programme: people, policies, badges, keys.",
        "CAMPAIGN_MANAGER": "Writes campaigns and approves those of others.",
        "EVENT_ORGANISER": "Plans events and pulls invite lists.",
        "AUDITOR": "Reads everything, changes nothing.",
        "ASN": "A civil servant, for their own data.",
    },
)
described(
    Scope,
    "How much a caller sees.",
    {
        "NATIONAL": "All agencies.",
        "AGENCY": "One agency and the units below it.",
        "SELF": "The caller's own data.",
    },
)
described(
    ReviewRule,
    "Why a share was flagged.",
    {
        "COSHARE_PAIR": "Two holders share the same posts closer together than chance explains.",
        "POD": "A group passes mostly one another's shares on.",
        "CONCENTRATION": "One person makes most of the reshares.",
        "CLICK_BURST": "A burst of visits from few networks.",
        "METRIC_JUMP": "An audience or reactions that jump without a cause.",
        "DUPLICATE_URL": "The same post on the network was recorded before.",
        "PRE_PUBLICATION": "Shared before the programme post was published.",
    },
)
