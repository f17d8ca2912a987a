"""Scoring model `amp-1`: points for those whose passing on was itself passed on."""

from api.domain.amplification.baseline import baseline_micro, baselines, trimmed_mean_micro
from api.domain.amplification.bucket import (
    POINT,
    Bucket,
    Score,
    contribution,
    fold,
    points_micro,
    score_buckets,
)
from api.domain.amplification.decay import DECAY_PPM, civil_day, decay_ppm, is_in_window
from api.domain.amplification.gain import Baselines, Inputs, gain_micro, gains
from api.domain.amplification.offers import OFFERS, offered_metrics
from api.domain.amplification.parameters import FORMULA, MICRO, Parameters, PendingRule
from api.domain.amplification.quality import Fit, Record, fit, fits, prior_micro, quality_micro
from api.domain.amplification.registry import FORMULAS, Formula, formula
from api.domain.amplification.resharers import (
    is_partial_list,
    is_repeat,
    ordinal,
    reshare_unit_micro,
    resharers_micro,
)
from api.domain.amplification.scorer import (
    MeasuredShare,
    Reshare,
    ScoredShare,
    Share,
    bucket_shares,
    measure_shares,
    score_holders,
    score_shares,
    total_scores,
    typical_values,
)
from api.domain.amplification.state import (
    Review,
    ShareFacts,
    ShareReason,
    ShareState,
    Standing,
    decide,
    next_change_at,
)

__all__ = [
    "DECAY_PPM",
    "FORMULA",
    "FORMULAS",
    "MICRO",
    "OFFERS",
    "POINT",
    "Baselines",
    "Bucket",
    "Fit",
    "Formula",
    "Inputs",
    "MeasuredShare",
    "Parameters",
    "PendingRule",
    "Record",
    "Reshare",
    "Review",
    "Score",
    "ScoredShare",
    "Share",
    "ShareFacts",
    "ShareReason",
    "ShareState",
    "Standing",
    "baseline_micro",
    "baselines",
    "bucket_shares",
    "civil_day",
    "contribution",
    "decay_ppm",
    "decide",
    "fit",
    "fits",
    "fold",
    "formula",
    "gain_micro",
    "gains",
    "is_in_window",
    "is_partial_list",
    "is_repeat",
    "measure_shares",
    "next_change_at",
    "offered_metrics",
    "ordinal",
    "points_micro",
    "prior_micro",
    "quality_micro",
    "reshare_unit_micro",
    "resharers_micro",
    "score_buckets",
    "score_holders",
    "score_shares",
    "total_scores",
    "trimmed_mean_micro",
    "typical_values",
]
