"""How sure ranks are: a Poisson bootstrap over counted shares, the same on every machine.

Each draw gives every share a weight of Poisson(1) and ranks the holders by their weighted sums. The
weights come from raw 64-bit words of PCG64, low half first, and fixed thresholds: numpy may change
its distributions between versions, raw words it does not.
"""

import hashlib
from collections.abc import Iterator
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from api.domain.uncertainty import DRAW_COUNT, Evidence, Uncertainty

# floor(2³² · CDF of Poisson(1)) for 0, 1, 2, …
THRESHOLDS = (
    1580030168,
    3160060337,
    3950075421,
    4213413783,
    4279248373,
    4292415291,
    4294609777,
    4294923276,
    4294962463,
    4294966817,
    4294967252,
    4294967292,
)
LOW_DRAW, HIGH_DRAW = 49, 949
"""Places of the 50th and the 950th of the sorted ranks."""
_AT_ONCE = 2_000

Integers = NDArray[np.int64]


def bootstrap(evidence: Evidence, seed_id: UUID) -> list[Uncertainty]:
    """Return chance and interval of every holder, in the order of the evidence."""
    if not evidence.holders:
        return []
    ranks = np.empty((DRAW_COUNT, len(evidence.holders)), dtype=np.int32)
    for draw, sums in enumerate(_sums(evidence, seed_id)):
        # Holders stand in nominal order, which a stable sort keeps where sums tie.
        order = np.argsort(-sums, kind="stable")
        ranks[draw, order] = np.arange(1, len(order) + 1, dtype=np.int32)
    return list(_summed_up(evidence, ranks))


def _sums(evidence: Evidence, seed_id: UUID) -> Iterator[Integers]:
    """Yield the weighted sum of every holder, draw by draw."""
    place = {asn_id: index for index, asn_id in enumerate(evidence.holders)}
    shares = sorted(evidence.shares)
    scores = np.array([score for _, _, score in shares], dtype=np.int64)
    owners = np.array([place[asn_id] for asn_id, _, _ in shares], dtype=np.int64)
    starts = np.flatnonzero(np.r_[True, owners[1:] != owners[:-1]]) if shares else owners
    words = np.random.PCG64(int.from_bytes(hashlib.sha256(seed_id.bytes).digest()[:16]))
    for _ in range(DRAW_COUNT):
        sums = np.zeros(len(evidence.holders), dtype=np.int64)
        if shares:
            weighted = scores * poisson_weights(words, len(shares))
            sums[owners[starts]] = np.add.reduceat(weighted, starts)
        yield sums


def poisson_weights(words: np.random.PCG64, count: int) -> NDArray[np.uint8]:
    """Return the next weights; a draw of an odd count leaves the last half word unused."""
    raw = words.random_raw((count + 1) // 2)
    halves = np.asarray(raw, dtype="<u8").view("<u4")[:count]
    weights = np.zeros(count, dtype=np.uint8)
    for threshold in THRESHOLDS:
        weights += halves >= np.uint32(threshold)
    return weights


def _summed_up(evidence: Evidence, ranks: NDArray[np.int32]) -> Iterator[Uncertainty]:
    top = (ranks <= evidence.capacity).sum(axis=0)
    for start in range(0, len(evidence.holders), _AT_ONCE):
        columns = np.ascontiguousarray(ranks[:, start : start + _AT_ONCE].T)
        columns.partition((LOW_DRAW, HIGH_DRAW), axis=1)
        for offset, column in enumerate(columns):
            index = start + offset
            low, high = int(column[LOW_DRAW]), int(column[HIGH_DRAW])
            yield Uncertainty(evidence.holders[index], int(top[index]), low, high)
