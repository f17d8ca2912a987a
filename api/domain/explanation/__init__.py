"""Why a holder stands where they stand: exact parts of the score, neighbours, and plain words."""

from api.domain.explanation.explain import Explanation, explain
from api.domain.explanation.neighbour import Comparison, Gap, Neighbour
from api.domain.explanation.part import Component, apportioned_micro
from api.domain.explanation.share import ExplainedShare, ShareFact
from api.domain.explanation.words import sentences

__all__ = [
    "Comparison",
    "Component",
    "ExplainedShare",
    "Explanation",
    "Gap",
    "Neighbour",
    "ShareFact",
    "apportioned_micro",
    "explain",
    "sentences",
]
