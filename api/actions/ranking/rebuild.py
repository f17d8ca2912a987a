"""The scores of a run computed again from raw observations by the reference scorer, without SQL."""

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING
from uuid import UUID

from asyncpg import Connection, Record

from api.actions.gains import FrozenBaseline
from api.domain.amplification import (
    Parameters,
    Reshare,
    Score,
    Share,
    bucket_shares,
    measure_shares,
    score_shares,
    total_scores,
)
from api.domain.platform import Platform
from api.reads.observations import observed_reshares, observed_shares, priors

if TYPE_CHECKING:
    from api.domain.amplification.scorer import Key


async def rebuilt_scores(db: Connection, run: Record) -> dict[UUID, Score]:
    """Score everybody again under the run's own baseline; the arithmetic runs beside the loop.

    `run` has as_of, watermark, parameters, baseline_id and the baseline's document.
    """
    shares = await observed_shares(db, run["as_of"], run["watermark"])
    reshares = await observed_reshares(db, run["as_of"], run["watermark"])
    expected = await priors(db, run["baseline_id"])
    return await asyncio.to_thread(_scored, run, shares, reshares, expected)


def _scored(
    run: Record,
    shares: list[Share],
    reshares: list[Reshare],
    expected: Mapping[UUID, Mapping[Platform, int]],
) -> dict[UUID, Score]:
    parameters = Parameters.from_json(run["parameters"])
    baseline = FrozenBaseline.of(run["baseline_id"], run["model"], run["document"])
    measured = measure_shares(shares, reshares, run["as_of"], parameters)
    buckets = bucket_shares(score_shares(measured, baseline.values, parameters), parameters)
    known: dict[Key, Mapping[Platform, int]] = dict(expected.items())
    scores = total_scores(buckets, run["as_of"], parameters, known)
    return {holder: score for holder, score in scores.items() if isinstance(holder, UUID)}
