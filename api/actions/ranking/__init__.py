"""Scores: measure shares as of a moment, compare with a frozen baseline, add up, keep the run."""

from api.actions.ranking.evaluation import Evaluated, evaluate
from api.actions.ranking.run import RunRequest, refresh_ranking

__all__ = ["Evaluated", "RunRequest", "evaluate", "refresh_ranking"]
