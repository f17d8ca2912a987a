"""An explanation adds up: to the score, to the gaps, and to the points that come back."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.domain.amplification import (
    MICRO,
    POINT,
    Bucket,
    Parameters,
    ShareReason,
    ShareState,
    fold,
    points_micro,
    score_buckets,
)
from api.domain.coordination import Language
from api.domain.explanation import Neighbour, ShareFact, apportioned_micro, explain, sentences
from api.domain.explanation.explain import Group, Known, Ranked
from api.domain.platform import Metric, Platform

TODAY = date(2026, 11, 20)
SCORES = st.integers(min_value=0, max_value=10**18)
PARTS = st.dictionaries(st.sampled_from(Platform), SCORES, min_size=1)


def share(number: int = 1, *, days: int = 0, gain: int = MICRO, held: int = 0) -> ShareFact:
    is_held = held > 0
    bucket = Bucket(held_count=1, held_micro=held) if is_held else Bucket(1, gain)
    return ShareFact(
        share_id=UUID(int=number),
        platform=Platform.X,
        day_on=TODAY - timedelta(days=days),
        post_slot=1,
        state=ShareState.UNDER_REVIEW if is_held else ShareState.COUNTED,
        reason=ShareReason.HELD_FOR_REVIEW if is_held else None,
        bucket=bucket,
        values={Metric.RESHARERS: 2 * MICRO},
        resharer_count=2,
    )


def score_of(buckets: dict[tuple[Platform, date], Bucket], platform: Platform) -> int:
    own = {key: bucket for key, bucket in buckets.items() if key[0] is platform}
    return score_buckets(own, TODAY, Parameters()).score


def known(*shares: ShareFact, rank: int = 2, holder_count: int = 10) -> Known:
    buckets = fold(((one.platform, one.day_on), one.bucket) for one in shares)
    total = score_buckets(buckets, TODAY, Parameters())
    parts = [(p, 1, score_of(buckets, p)) for p in {one.platform for one in shares}]
    ranked = Ranked(
        rank=rank,
        score=total.score,
        parts=tuple(parts),
        rank_if_cleared=1,
        above=Neighbour(rank - 1, total.score + POINT, {Platform.BLUESKY: total.score + POINT}),
        below=Neighbour(rank + 1, 0, {}),
    )
    return Known(
        as_of_on=TODAY,
        parameters=Parameters(),
        ranked=ranked,
        overall=Group(rank, holder_count),
        agency=Group(1, 4),
        province=Group(1, 5),
        shares=shares,
        priors_micro={},
    )


@given(st.lists(SCORES, max_size=6))
def test_shown_parts_add_up_to_the_shown_whole(scores: list[int]) -> None:
    shown = apportioned_micro(scores)

    assert sum(shown) == points_micro(sum(scores))
    assert all(abs(a - points_micro(b)) <= 1 for a, b in zip(shown, scores, strict=True))


def test_the_missing_millionth_goes_to_the_part_that_lost_most() -> None:
    tenth = POINT // MICRO // 10

    assert apportioned_micro([7 * tenth, 2 * tenth, tenth]) == [1, 0, 0]
    assert apportioned_micro([2 * tenth, 7 * tenth, tenth]) == [0, 1, 0]
    assert apportioned_micro([2 * tenth, 2 * tenth]) == [0, 0]


@given(PARTS, PARTS)
def test_the_parts_of_a_gap_add_up_to_it_and_the_largest_points_its_way(
    own: dict[Platform, int], other: dict[Platform, int]
) -> None:
    score = sum(own.values())
    ranked = Ranked(
        rank=2,
        score=score,
        parts=tuple((p, 1, part) for p, part in own.items()),
        rank_if_cleared=2,
        above=Neighbour(1, sum(other.values()), other),
        below=None,
    )

    above = explain(replace(known(share()), ranked=ranked)).above

    assert above is not None
    assert above.gap == sum(part.score for part in above.parts) == sum(other.values()) - score
    assert above.largest is not None
    assert above.largest.score * (1 if above.gap >= 0 else -1) >= 0


@st.composite
def facts(draw: st.DrawFn) -> ShareFact:
    gain = draw(st.integers(min_value=0, max_value=5 * MICRO))
    state = draw(st.sampled_from((ShareState.COUNTED, ShareState.PENDING, ShareState.UNDER_REVIEW)))
    bucket = {
        ShareState.COUNTED: Bucket(1, gain),
        ShareState.PENDING: Bucket(pending_count=1),
        ShareState.UNDER_REVIEW: Bucket(held_count=1, held_micro=gain),
    }[state]
    return ShareFact(
        share_id=draw(st.uuids()),
        platform=draw(st.sampled_from(Platform)),
        day_on=TODAY - timedelta(days=draw(st.integers(min_value=0, max_value=200))),
        post_slot=1,
        state=state,
        reason=None,
        bucket=bucket,
        values={},
    )


@given(
    st.lists(facts(), min_size=1, max_size=12),
    st.dictionaries(st.sampled_from(Platform), st.integers(min_value=0, max_value=3 * MICRO)),
)
def test_shares_add_up_to_the_score_that_the_model_gives(
    shares: list[ShareFact], priors: dict[Platform, int]
) -> None:
    buckets = fold(((one.platform, one.day_on), one.bucket) for one in shares)
    parts = []
    for platform in {one.platform for one in shares}:
        own = {key: bucket for key, bucket in buckets.items() if key[0] is platform}
        prior = {platform: priors.get(platform, 0)}
        parts.append((platform, 1, score_buckets(own, TODAY, Parameters(), prior)))
    total = sum(score.score for _, _, score in parts)
    ranked = Ranked(
        rank=1,
        score=total,
        parts=tuple((platform, count, score.score) for platform, count, score in parts),
        rank_if_cleared=1,
        above=None,
        below=None,
    )

    found = explain(replace(known(share()), ranked=ranked, shares=shares, priors_micro=priors))

    assert found.is_current
    assert found.pending_score == sum(score.pending_score for _, _, score in parts)
    assert found.score_if_cleared == sum(score.score_if_cleared for _, _, score in parts)
    assert sum(one.points_micro for one in found.components) == points_micro(total)


def test_a_share_measured_anew_makes_the_explanation_outdated() -> None:
    before = known(share(1), share(2, days=3))

    after = replace(before, shares=(share(1), share(2, days=3, gain=MICRO + 1)))

    assert explain(before).is_current
    assert not explain(after).is_current


def test_the_five_strongest_shares_stand_first() -> None:
    shares = [share(number, gain=number * MICRO) for number in range(1, 8)]

    found = explain(known(*shares))

    assert [one.fact.share_id.int for one in found.top_shares] == [7, 6, 5, 4, 3]
    assert (found.measured_count, found.share_count) == (7, 7)


def test_a_held_share_tells_exactly_what_comes_back() -> None:
    held = share(2, days=30, held=3 * MICRO)

    found = explain(known(share(1), held))

    (waiting,) = found.under_review
    assert waiting.held_score == 3 * MICRO * 500_000
    assert (
        found.score_if_cleared == explain(known(share(1), share(2, days=30, gain=3 * MICRO))).score
    )
    assert held not in [one.fact for one in found.top_shares]


@pytest.mark.parametrize(("holder_count", "percent"), [(4, None), (5, 60.0)])
def test_no_percentile_is_told_in_a_group_under_five(
    holder_count: int, percent: float | None
) -> None:
    found = explain(known(share(), holder_count=holder_count))

    assert found.overall.percentile == percent
    assert found.agency.percentile is None


def test_the_sentences_say_the_same_in_both_languages() -> None:
    found = explain(known(share(1, gain=1_098_612), share(2, held=2_197_225)))

    english = sentences(found, Language.ENGLISH, 180)
    indonesian = sentences(found, Language.INDONESIAN, 180)

    assert english == [
        "Rank 2 of 10, with 1.00 points.",
        "X brings 1.00 points (1 counted shares).",
        "The strongest share, on X, brings 1.00 points.",
        "1 shares are under review; 2.00 points come back if they are cleared.",
        "The rank would then be 1.",
        "1.00 points below rank 1; most of the gap comes from Bluesky.",
        "1.00 points above rank 3; most of the lead comes from X.",
        "Ahead of 80.00% of all ranked holders.",
        "Ahead of 80.00% of those in the province.",
    ]
    assert len(indonesian) == len(english)
    assert indonesian[0] == "Peringkat 2 dari 10, dengan 1,00 poin."
    assert indonesian[3] == "1 pembagian sedang ditinjau; 2,00 poin kembali bila dinyatakan wajar."


def test_equal_points_are_explained_by_quality() -> None:
    base = known(share())
    assert base.ranked is not None
    level = replace(
        base.ranked, above=Neighbour(1, base.ranked.score, {Platform.X: base.ranked.score})
    )

    found = explain(replace(base, ranked=level))

    assert "Equal points with rank 1; expected points per share decide the order." in sentences(
        found, Language.ENGLISH, 180
    )


def test_who_is_not_ranked_still_reads_what_is_under_review() -> None:
    held = share(held=MICRO)

    found = explain(replace(known(held), ranked=None, overall=Group(None, 10)))

    assert (found.rank, found.score, found.components) == (None, None, ())
    assert found.score_if_cleared == MICRO * MICRO
    assert len(found.under_review) == 1
    assert sentences(found, Language.ENGLISH, 180)[0].startswith("Not in the latest ranking")
