"""What no order, batch, label or further evidence may change about scores."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from api.domain.amplification import (
    MICRO,
    Parameters,
    PendingRule,
    Reshare,
    Review,
    Share,
    bucket_shares,
    measure_shares,
    score_holders,
    score_shares,
)
from api.domain.platform import Coverage, EvidenceLevel, Metric, Platform

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
MODEL = Parameters()
ONE_EACH = {(platform, metric): MICRO for platform in Platform for metric in Metric}


def scores_of(shares, reshares=(), model=MODEL):
    return {h: s.score for h, s in score_holders(shares, reshares, NOW, ONE_EACH, model).items()}


people = st.sampled_from(["Ayu", "Budi", "Citra"])
moments = st.integers(-2, 200 * 24).map(lambda hours: NOW - timedelta(hours=hours))


@st.composite
def worlds(draw):
    share_rows = draw(
        st.lists(
            st.builds(
                Share,
                share_id=st.just(0),
                holder_id=people,
                post_id=st.integers(1, 3),
                platform=st.sampled_from([Platform.X, Platform.BLUESKY]),
                shared_at=moments,
                ingest_seq=st.just(0),
                evidence=st.sampled_from(EvidenceLevel),
                review=st.sampled_from(Review),
                removed_at=st.none() | moments,
                has_consent=st.booleans(),
                list_coverage=st.sampled_from(Coverage),
                reported_count=st.none() | st.integers(0, 5),
            ),
            min_size=1,
            max_size=8,
        )
    )
    shares = [replace(s, share_id=n, ingest_seq=n) for n, s in enumerate(share_rows)]
    reshare_rows = st.builds(
        Reshare,
        share_id=st.integers(0, len(shares) - 1),
        resharer_id=st.sampled_from(["Ayu", "p", "q", "r"]),
        reshared_at=moments,
        ingest_seq=st.just(0),
        is_withdrawn=st.booleans(),
    )
    rows = draw(st.lists(reshare_rows, max_size=20))
    return shares, [replace(r, ingest_seq=n) for n, r in enumerate(rows)]


EXCLUDING = Parameters(pending=PendingRule.EXCLUDE)
counted_people = st.builds(
    Reshare,
    share_id=st.just(0),
    resharer_id=st.sampled_from(["p", "q", "new"]),
    reshared_at=moments,
    ingest_seq=st.just(10**6),
)


@given(worlds(), st.randoms())
def test_no_order_of_processing_changes_the_integers(world, random):
    shares, reshares = world

    shuffled = random.sample(shares, len(shares)), random.sample(reshares, len(reshares))

    assert score_holders(*shuffled, NOW, ONE_EACH, MODEL) == score_holders(
        shares, reshares, NOW, ONE_EACH, MODEL
    )


@given(worlds(), st.integers(0, 8))
def test_buckets_of_any_batches_add_up_to_those_of_one(world, cut):
    measured = measure_shares(*world, NOW, MODEL)
    scored = score_shares(measured, ONE_EACH, MODEL)

    whole = bucket_shares(scored, MODEL)
    batches = [bucket_shares(part, MODEL) for part in (scored[:cut], scored[cut:])]

    assert merged(batches) == whole


def merged(batches):
    total = {}
    for batch in batches:
        for holder, days in batch.items():
            known = total.setdefault(holder, {})
            for key, bucket in days.items():
                known[key] = known[key] + bucket if key in known else bucket
    return total


@given(worlds(), counted_people)
def test_one_more_reshare_never_lowers_its_holder(world, extra):
    shares, reshares = world
    holder = shares[0].holder_id

    reported = shares[0].reported_count
    grown = replace(shares[0], reported_count=None if reported is None else reported + 1)

    before = score_holders(shares, reshares, NOW, ONE_EACH, EXCLUDING)
    after = score_holders([grown, *shares[1:]], [*reshares, extra], NOW, ONE_EACH, EXCLUDING)

    if holder in before:
        assert after[holder].score >= before[holder].score
        assert after[holder].score_if_cleared >= before[holder].score_if_cleared


@given(worlds())
def test_one_more_share_never_lowers_its_holder(world):
    shares, reshares = world
    shared_at = NOW - timedelta(days=3)
    extra = Share(10**6, "Ayu", "new", Platform.X, shared_at, ingest_seq=10**6)

    before = scores_of(shares, reshares, EXCLUDING).get("Ayu", 0)
    after = scores_of([*shares, extra], reshares, EXCLUDING)["Ayu"]

    assert after >= before


RENAMED = {Platform.X: Platform.MASTODON, Platform.BLUESKY: Platform.FACEBOOK}


@given(worlds())
def test_renaming_platforms_changes_nothing(world):
    shares, reshares = world
    renamed = [replace(s, platform=RENAMED[s.platform]) for s in shares]

    assert scores_of(renamed, reshares) == scores_of(shares, reshares)


@given(worlds())
def test_equal_evidence_ties(world):
    shares, reshares = world
    own = [s for s in shares if s.holder_id == "Ayu"]
    ids = {s.share_id for s in own}
    twin = [replace(s, share_id=-1 - s.share_id, holder_id="twin") for s in own]
    theirs = [r for r in reshares if r.share_id in ids and r.resharer_id != "Ayu"]
    copied = [replace(r, share_id=-1 - r.share_id) for r in theirs]

    scores = scores_of([*own, *twin], [*theirs, *copied])

    assert scores.get("twin") == scores.get("Ayu")


@given(worlds())
def test_scores_are_whole_numbers_and_never_negative(world):
    for score in score_holders(*world, NOW, ONE_EACH, MODEL).values():
        assert type(score.score) is int
        assert 0 <= score.score <= score.score_if_cleared
