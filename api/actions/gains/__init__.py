"""Gains of single shares, kept up to date in the transaction that changes an observation.

Whoever stores something that the score of a share depends on calls `remeasure` with the shares
concerned, in the same transaction and after the change: a new share, a reshare or its withdrawal,
a figure, a click, an evidence level, a removal, a consent, a review. It reads the raw rows again,
so the order and the batching of changes never matter, and replaying a change adds nothing.

Holding, releasing, rejecting: set `share.review` to UNDER_REVIEW, CLEAR or REJECTED, then call
`remeasure`. A hold moves the gain of the share from `gain_micro` to `held_micro` of its day bucket,
CLEAR moves exactly the same number back, REJECTED takes it out of both. `remeasure_holders` does
the same for all shares of people, as when a consent is withdrawn. Both ask for a new ranking.
"""

from api.actions.gains.frozen import FrozenBaseline
from api.actions.gains.remeasure import (
    BATCH_SIZE,
    ask_for_ranking,
    measure_due,
    remeasure,
    remeasure_holders,
)

__all__ = [
    "BATCH_SIZE",
    "FrozenBaseline",
    "ask_for_ranking",
    "measure_due",
    "remeasure",
    "remeasure_holders",
]
