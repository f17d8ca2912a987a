"""Who may have a badge: policies as data, assessments with reasons."""

from api.domain.eligibility.assessment import assess, inputs_hash
from api.domain.eligibility.facts import (
    Assessment,
    Facts,
    LinkedAccount,
    Observation,
    Outcome,
    Reason,
    ReasonCode,
)
from api.domain.eligibility.message import message_in_english, message_in_indonesian
from api.domain.eligibility.policy import Policy, Requirement, Rule, When
from api.domain.eligibility.presets import DEFAULT, PRESETS

__all__ = [
    "DEFAULT",
    "PRESETS",
    "Assessment",
    "Facts",
    "LinkedAccount",
    "Observation",
    "Outcome",
    "Policy",
    "Reason",
    "ReasonCode",
    "Requirement",
    "Rule",
    "When",
    "assess",
    "inputs_hash",
    "message_in_english",
    "message_in_indonesian",
]
