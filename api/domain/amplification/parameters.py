"""The numbers of scoring model `amp-1`, as data with a hash."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from api.domain.canonical import canonical_json, sha256_of
from api.domain.platform import EvidenceLevel, Metric
from api.errors import Invalid

FORMULA = "amp-1"
MICRO = 1_000_000
LIFT = 2
WINDOW_DAYS = 180
HALF_LIFE_DAYS = 30
DEFAULT_WEIGHTS: Mapping[Metric, int] = MappingProxyType(
    {Metric.RESHARERS: 600, Metric.CLICKS: 300, Metric.CONVERSATION: 100, Metric.LIKES: 0}
)


class PendingRule(StrEnum):
    """Whether shares that wait for their first figures bring provisional points."""

    INCLUDE = "INCLUDE"
    EXCLUDE = "EXCLUDE"


@dataclass(frozen=True, slots=True)
class Parameters:
    """Everything about the model that a run records; a change is a new version of the model."""

    formula: str = FORMULA
    weights: Mapping[Metric, int] = field(default_factory=lambda: DEFAULT_WEIGHTS, hash=False)
    """Per mille by metric."""
    lift: int = LIFT
    """The factor before the weighted mean in gain = ln(1 + lift · mean)."""
    minimum_evidence: EvidenceLevel = EvidenceLevel.PROOF_REVIEWED
    slots_per_post: int = 3
    window_days: int = WINDOW_DAYS
    half_life_days: int = HALF_LIFE_DAYS
    repeat_window_days: int = 180
    pending_seconds: int = 72 * 3600
    removed_after_seconds: int = 24 * 3600
    """A deleted share that lived at least this long keeps its gain."""
    trim_percent: int = 10
    baseline_share_count: int = 50
    """Fewer values than this are too few for a baseline or a fit of their own."""
    baseline_floor_micro: int = 500_000
    baseline_default_micro: int = 1_000_000
    prior_weight: int = 3
    pending: PendingRule = PendingRule.INCLUDE
    time_zone: str = "Asia/Jakarta"

    def __post_init__(self) -> None:
        check_weights(self.weights)
        object.__setattr__(self, "weights", MappingProxyType(dict(self.weights)))

    @property
    def pending_for(self) -> timedelta:
        """Return how long a share may wait for its figures."""
        return timedelta(seconds=self.pending_seconds)

    @property
    def removed_after(self) -> timedelta:
        """Return how long a share must live to keep its gain after a deletion."""
        return timedelta(seconds=self.removed_after_seconds)

    def to_json(self) -> dict[str, Any]:
        """Return the parameters as a JSON object, the form that a score run stores."""
        plain = {name: getattr(self, name) for name in self.__dataclass_fields__}
        plain["weights"] = {metric.value: self.weights.get(metric, 0) for metric in Metric}
        return plain

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Parameters":
        """Read parameters back from the form of `to_json`."""
        values = dict(data)
        values["weights"] = {Metric(name): weight for name, weight in data["weights"].items()}
        values["minimum_evidence"] = EvidenceLevel(data["minimum_evidence"])
        values["pending"] = PendingRule(data["pending"])
        return cls(**values)

    @property
    def canonical(self) -> str:
        """Return the canonical JSON that the hash is taken of."""
        return canonical_json(self.to_json())

    @property
    def sha256(self) -> str:
        """Return the hash that tells two sets of parameters apart."""
        return sha256_of(self.to_json())


def check_weights(weights: Mapping[Metric, int]) -> None:
    """Refuse weights that are not whole, negative, or all zero.

    Raises:
        Invalid: code INVALID.
    """
    values = tuple(weights.values())
    if any(isinstance(weight, bool) or not isinstance(weight, int) for weight in values):
        raise Invalid("Each weight must be a whole number per mille.", field=["weights"])
    if any(weight < 0 for weight in values):
        raise Invalid("No weight may be negative.", field=["weights"])
    if not any(values):
        raise Invalid("At least one weight must be above zero.", field=["weights"])
