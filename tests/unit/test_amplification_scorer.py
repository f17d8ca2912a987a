"""The model as a whole: slots, ordinals, holds, and what no order or label may change."""

from datetime import UTC, datetime, timedelta

from api.domain.amplification import (
    MICRO,
    Parameters,
    Reshare,
    Review,
    Share,
    ShareState,
    baselines,
    bucket_shares,
    measure_shares,
    score_holders,
    score_shares,
    total_scores,
    typical_values,
)
from api.domain.platform import Coverage, EvidenceLevel, Metric, Platform

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
MODEL = Parameters()
ONE_EACH = {(platform, metric): MICRO for platform in Platform for metric in Metric}
LN_3 = 1_098_612


def share(number, holder="Ayu", post="post", *, days=10, **more):
    shared_at = NOW - timedelta(days=days)
    return Share(number, holder, post, Platform.X, shared_at, number, **more)


def reshare(number, of, by="Budi", *, days=9, **more):
    return Reshare(of, by, NOW - timedelta(days=days), number, **more)


def gains_of(shares, reshares=(), model=MODEL):
    measured = measure_shares(shares, reshares, NOW, model)
    return {
        s.measured.share.share_id: s.gain_micro for s in score_shares(measured, ONE_EACH, model)
    }


def states_of(shares, reshares=()):
    return [m.standing.state for m in measure_shares(shares, reshares, NOW, MODEL)]


def scores_of(shares, reshares=(), model=MODEL):
    return {h: s.score for h, s in score_holders(shares, reshares, NOW, ONE_EACH, model).items()}


def test_a_fresh_share_with_one_resharer_is_one_point():
    fresh = share(1, days=0)

    score = score_holders([fresh], [reshare(1, 1, days=0)], NOW, ONE_EACH, MODEL)["Ayu"]

    assert (score.score, score.points_micro) == (LN_3 * MICRO, MICRO)


def test_the_fourth_share_of_one_post_is_over_the_cap():
    shares = [share(n) for n in range(1, 5)]
    other_post, other_holder = share(5, post="other"), share(6, holder="Citra")

    assert states_of([*shares, other_post, other_holder]) == [
        *([ShareState.COUNTED] * 3),
        ShareState.OVER_CAP,
        ShareState.COUNTED,
        ShareState.COUNTED,
    ]


def test_the_slot_follows_ingestion_and_not_time():
    late_but_first = share(1, days=1)
    shares = [*(share(n, days=10 + n) for n in (4, 3, 2)), late_but_first]

    measured = measure_shares(shares, [], NOW, MODEL)

    assert {m.share.share_id: m.post_slot for m in measured} == {1: 1, 2: 2, 3: 3, 4: 4}


def test_the_slot_of_a_rejected_share_is_not_given_away():
    shares = [share(1, review=Review.REJECTED), *(share(n) for n in range(2, 5))]

    assert states_of(shares)[3] is ShareState.OVER_CAP


def test_a_repeated_resharer_is_worth_half_across_all_shares_of_the_holder():
    shares = [share(1), share(2, post="other")]

    gains = gains_of(shares, [reshare(1, of=1), reshare(2, of=2)])
    by_two_people = gains_of(shares, [reshare(1, of=1), reshare(2, of=2, by="Dewi")])

    assert gains == {1: LN_3, 2: 693_147}
    assert by_two_people == {1: LN_3, 2: LN_3}


def test_the_ordinal_follows_ingestion_and_not_the_order_of_processing():
    shares = [share(1), share(2, post="other")]

    gains = gains_of(shares, [reshare(2, of=2), reshare(1, of=1)])

    assert gains == {1: LN_3, 2: 693_147}


def test_the_same_resharer_of_two_holders_repeats_nothing():
    shares = [share(1), share(2, holder="Citra")]

    assert set(gains_of(shares, [reshare(1, of=1), reshare(2, of=2)]).values()) == {LN_3}


def test_a_withdrawn_reshare_adds_nothing_but_keeps_its_ordinal():
    shares = [share(1), share(2, post="other")]

    gains = gains_of(shares, [reshare(1, of=1, is_withdrawn=True), reshare(2, of=2)])

    assert gains == {1: 0, 2: 693_147}


def test_holders_cannot_reshare_themselves():
    assert gains_of([share(1)], [reshare(1, of=1, by="Ayu")]) == {1: 0}


def test_a_late_arrival_changes_no_earlier_row():
    shares = [share(1), share(2, post="other")]
    known = [reshare(1, of=1, days=5)]

    late = reshare(2, of=2, days=8)

    assert gains_of(shares, [*known, late])[1] == gains_of(shares, known)[1]


def test_what_happens_after_the_moment_of_the_run_is_not_seen():
    future_share = share(2, holder="Citra", days=-1)
    future_reshare = reshare(1, of=1, days=-1)

    assert scores_of([share(1), future_share], [future_reshare]) == {"Ayu": 0}


def test_reshares_of_unknown_shares_are_left_out():
    assert scores_of([share(1)], [reshare(1, of=99)]) == {"Ayu": 0}


def test_a_count_without_a_list_counts_people_as_they_are():
    counted = share(1, list_coverage=Coverage.UNKNOWN, reported_count=1)
    unknown = share(2, list_coverage=Coverage.UNKNOWN)

    assert gains_of([counted]) == {1: LN_3}
    assert states_of([unknown]) == [ShareState.UNMEASURED]


def test_other_metrics_join_the_mean_where_they_are_on_offer():
    offered = frozenset({Metric.RESHARERS, Metric.CLICKS})
    clicked = share(1, offered=offered, other_values={Metric.CLICKS: MICRO})

    assert gains_of([clicked], [reshare(1, of=1)]) == {1: LN_3}
    assert gains_of([clicked])[1] < LN_3


def test_a_hold_takes_the_points_out_and_a_release_gives_exactly_them_back():
    held, free = share(1, review=Review.UNDER_REVIEW), share(1)
    reshares = [reshare(1, of=1)]

    under_review = score_holders([held], reshares, NOW, ONE_EACH, MODEL)["Ayu"]
    released = score_holders([free], reshares, NOW, ONE_EACH, MODEL)["Ayu"]

    assert under_review.score == 0
    assert under_review.score_if_cleared == released.score > 0


def test_pending_shares_count_at_the_prior_of_the_holder():
    waiting = share(1, days=1, list_coverage=Coverage.UNKNOWN)
    buckets = bucket_shares(
        score_shares(measure_shares([waiting], [], NOW, MODEL), ONE_EACH, MODEL), MODEL
    )

    score = total_scores(buckets, NOW, MODEL, {"Ayu": {Platform.X: 400_000}})["Ayu"]

    assert score.score == score.pending_score == 400_000 * 977_160
    assert score.quality_micro == 400_000


def test_a_baseline_is_made_of_settled_shares_in_the_window_only():
    shares = [
        share(1),
        share(2, days=180),
        share(3, review=Review.REJECTED),
        share(4, evidence=EvidenceLevel.DECLARED),
        share(5, post="other"),
    ]

    values = typical_values(measure_shares(shares, [reshare(1, of=1)], NOW, MODEL), NOW, MODEL)

    assert values == {(Platform.X, Metric.RESHARERS): [MICRO, 0]}
    assert baselines(values, MODEL)[Platform.X, Metric.RESHARERS] == MICRO
