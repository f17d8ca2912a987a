"""Scores: frozen baselines, day buckets added up, and runs that can be repeated."""

from api.actions.ranking.baseline import begin_baseline, build_on
from api.actions.ranking.evaluation import Evaluated, evaluate
from api.actions.ranking.kept import ask_for_evaluation, evaluate_last_days, keep_evaluation
from api.actions.ranking.run import RunRequest, refresh_ranking
from api.actions.ranking.uncertainty import (
    Estimate,
    ask_for_ranks_of_list,
    prepare_published_ranks,
    prepare_ranks_of_list,
    store_ranks,
)

__all__ = [
    "Estimate",
    "Evaluated",
    "RunRequest",
    "ask_for_evaluation",
    "ask_for_ranks_of_list",
    "begin_baseline",
    "build_on",
    "evaluate",
    "evaluate_last_days",
    "keep_evaluation",
    "prepare_published_ranks",
    "prepare_ranks_of_list",
    "refresh_ranking",
    "store_ranks",
]
