"""Platforms on which nothing of a person counts."""

from datetime import date

from api.domain.amplification import Bucket, Parameters, score_buckets
from api.domain.platform import Platform

DAY = date(2026, 3, 1)


def test_a_platform_without_a_counted_share_does_not_dilute_the_quality() -> None:
    counted = {(Platform.X, DAY): Bucket(counted_count=1, gain_micro=4_000_000)}

    alone = score_buckets(counted, DAY, Parameters())
    beside = score_buckets({**counted, (Platform.FACEBOOK, DAY): Bucket()}, DAY, Parameters())

    assert (beside.quality_micro, beside.score) == (alone.quality_micro, alone.score)
    assert alone.quality_micro == 1_000_000
