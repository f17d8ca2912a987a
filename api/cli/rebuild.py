"""The latest ranking computed again from raw observations by the reference scorer, without SQL."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from asyncpg import Connection, Record

from api.actions.ranking.baseline import FrozenBaseline
from api.domain.amplification import (
    Parameters,
    bucket_shares,
    measure_shares,
    score_shares,
    total_scores,
)
from api.models import connection
from api.reads.observations import (
    latest_run,
    observed_reshares,
    observed_shares,
    priors,
    ranked_scores,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from api.domain.amplification.scorer import Key
    from api.domain.platform import Platform


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """Whether the stored ranking equals the rebuild; no count means that there is no ranking."""

    holder_count: int | None
    is_equal: bool


async def rebuild() -> Rebuilt:
    """Compare the latest run with a rebuild, to the last integer."""
    async with connection() as db:
        run = await latest_run(db)
        if run is None:
            return Rebuilt(None, is_equal=True)
        stored = await ranked_scores(db, run["id"])
        expected = await _scores(db, run)
    are_equal = all(expected.get(holder) == score for holder, score in stored.items())
    return Rebuilt(len(stored), is_equal=are_equal)


async def _scores(db: Connection, run: Record) -> dict[object, tuple[int, int]]:
    parameters = Parameters.from_json(run["parameters"])
    baseline = FrozenBaseline.of(run["baseline_id"], run["document"])
    shares = await observed_shares(db, run["as_of"], run["watermark"])
    reshares = await observed_reshares(db, run["as_of"], run["watermark"])
    expectations = await priors(db, run["baseline_id"])
    measured = measure_shares(shares, reshares, run["as_of"], parameters)
    buckets = bucket_shares(score_shares(measured, baseline.values, parameters), parameters)
    known: dict[Key, Mapping[Platform, int]] = dict(expectations.items())
    scores = total_scores(buckets, run["as_of"], parameters, known)
    return {holder: (s.score, s.quality_micro) for holder, s in scores.items()}
