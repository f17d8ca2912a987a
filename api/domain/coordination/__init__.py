"""Review flags: what raises a doubt about a share, how strong it is, and what people do about it.

A flag is a question to a person, never an answer. Holds put points aside until somebody decides;
nothing in here takes points away, and nothing touches a badge.
"""

from api.domain.coordination.bursts import Burst, Pace, Sharing
from api.domain.coordination.chance import accepted_count, poisson_binomial_tail
from api.domain.coordination.doubts import Doubt, advised, joined, pair_doubts, pod_evidence
from api.domain.coordination.evidence import Evidence, EvidenceCode, Language, merged, percent
from api.domain.coordination.pairs import (
    Meeting,
    Pair,
    PairFinding,
    advised_pairs,
    family_count,
    held_pairs,
    judged_pairs,
    meeting_pairs,
    pair_of,
)
from api.domain.coordination.pods import PassedOn, Pod, groups, pods
from api.domain.coordination.rules import (
    SECOND,
    ClickBurstRule,
    ConcentrationRule,
    MetricJumpRule,
    PairRule,
    PodRule,
    ReviewRule,
    ReviewRules,
    Switch,
    Tier,
)
from api.domain.coordination.signals import (
    AudienceChange,
    is_audience_jump,
    is_beyond_network,
    is_click_burst,
    is_concentrated,
)
from api.domain.coordination.states import (
    AppealDecision,
    AppealState,
    FlagStanding,
    LogKind,
    ReviewDecision,
    ReviewState,
    appeal_decided,
    decided,
    is_answered,
    review_of,
)

__all__ = [
    "SECOND",
    "AppealDecision",
    "AppealState",
    "AudienceChange",
    "Burst",
    "ClickBurstRule",
    "ConcentrationRule",
    "Doubt",
    "Evidence",
    "EvidenceCode",
    "FlagStanding",
    "Language",
    "LogKind",
    "Meeting",
    "MetricJumpRule",
    "Pace",
    "Pair",
    "PairFinding",
    "PairRule",
    "PassedOn",
    "Pod",
    "PodRule",
    "ReviewDecision",
    "ReviewRule",
    "ReviewRules",
    "ReviewState",
    "Sharing",
    "Switch",
    "Tier",
    "accepted_count",
    "advised",
    "advised_pairs",
    "appeal_decided",
    "decided",
    "family_count",
    "groups",
    "held_pairs",
    "is_answered",
    "is_audience_jump",
    "is_beyond_network",
    "is_click_burst",
    "is_concentrated",
    "joined",
    "judged_pairs",
    "meeting_pairs",
    "merged",
    "pair_doubts",
    "pair_of",
    "percent",
    "pod_evidence",
    "pods",
    "poisson_binomial_tail",
    "review_of",
]
