"""The review of shares: flags are opened by a search and decided by people, each step in a log."""

from api.actions.review.appeal import appeal_flag, decide_appeal
from api.actions.review.decide import answer_flag, decide_flag
from api.actions.review.release import release_overdue_holds
from api.actions.review.search import search_doubts

__all__ = [
    "answer_flag",
    "appeal_flag",
    "decide_appeal",
    "decide_flag",
    "release_overdue_holds",
    "search_doubts",
]
