"""Scores: frozen baselines, day buckets added up, and runs that can be repeated."""

from api.actions.ranking.baseline import begin_baseline, build_on
from api.actions.ranking.evaluation import Evaluated, evaluate
from api.actions.ranking.run import RunRequest, refresh_ranking

__all__ = [
    "Evaluated",
    "RunRequest",
    "begin_baseline",
    "build_on",
    "evaluate",
    "refresh_ranking",
]
