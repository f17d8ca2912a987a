"""What scoring stores: gains, day buckets, frozen baselines, and immutable score runs."""

from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint
from tortoise.models import Model

from api.domain.amplification import ShareState
from api.domain.platform import Platform
from api.models.asn import Asn
from api.models.checks import one_of
from api.models.identity import new_id


class ScoringModel(Model):
    """A published scoring model: its parameters and their hash.

    A published version is never edited.
    """

    version = fields.CharField(max_length=20, primary_key=True)
    formula = fields.TextField()
    parameters: fields.Field[dict[str, object]] = fields.JSONField()
    parameters_sha256 = fields.CharField(max_length=64)
    published_at = fields.DatetimeField(auto_now_add=True)

    class Meta:
        table = "scoring_model"


class Baseline(Model):
    """What a typical share gets, per platform and metric, frozen; never edited once LIVE."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    formula = fields.CharField(max_length=20)
    status = fields.CharField(max_length=8, default="BUILDING")
    as_of = fields.DatetimeField()
    watermark = fields.BigIntField()
    document: fields.Field[dict[str, object]] = fields.JSONField()
    built_through = fields.UUIDField(null=True)
    created_at = fields.DatetimeField(auto_now_add=True)

    class Meta:
        table = "baseline"
        constraints = (
            UniqueConstraint(
                fields=("formula",), name="baseline_live", condition="status = 'LIVE'"
            ),
            one_of("baseline", "status", ("BUILDING", "LIVE", "RETIRED")),
        )


class Decay(Model):
    """The weight of a share's age in civil days, in parts per million."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    formula = fields.CharField(max_length=20)
    age_days = fields.IntField()
    weight_ppm = fields.IntField()

    class Meta:
        table = "decay"
        constraints = (UniqueConstraint(fields=("formula", "age_days"), name="decay_age"),)


class ShareGain(Model):
    """What one share adds under one baseline, and why. Grows with shares.

    `due_at` is when time alone may change it: figures that never came, a moment still ahead.
    """

    id = fields.UUIDField(primary_key=True, default=new_id)
    asn: fields.ForeignKeyRelation[Asn] = fields.ForeignKeyField(
        "models.Asn", on_delete=fields.CASCADE
    )
    share_id = fields.UUIDField()
    baseline_id = fields.UUIDField()
    platform = fields.CharField(max_length=12)
    campaign_id = fields.UUIDField()
    day_on = fields.DateField()
    post_slot = fields.IntField()
    state = fields.CharField(max_length=16)
    reason = fields.CharField(max_length=24, null=True)
    counted_count = fields.SmallIntField(default=0, db_default=0)
    gain_micro = fields.BigIntField()
    pending_count = fields.SmallIntField(default=0, db_default=0)
    held_count = fields.SmallIntField(default=0, db_default=0)
    held_micro = fields.BigIntField(default=0, db_default=0)
    resharer_count = fields.IntField(default=0, db_default=0)
    inputs: fields.Field[dict[str, object]] = fields.JSONField()
    due_at = fields.DatetimeField(null=True)

    class Meta:
        table = "share_gain"
        indexes = (("campaign_id", "asn_id"),)
        constraints = (
            UniqueConstraint(fields=("asn_id", "share_id", "baseline_id"), name="share_gain_once"),
            one_of("share_gain", "platform", Platform),
            one_of("share_gain", "state", ShareState),
        )


class HolderDay(Model):
    """The sums of a holder's gains on one platform and civil day. Grows with shares.

    No check on the counts: an upsert sees its negative delta before the conflict is resolved.
    """

    id = fields.UUIDField(primary_key=True, default=new_id)
    asn: fields.ForeignKeyRelation[Asn] = fields.ForeignKeyField(
        "models.Asn", on_delete=fields.CASCADE
    )
    baseline_id = fields.UUIDField()
    platform = fields.CharField(max_length=12)
    day_on = fields.DateField()
    counted_count = fields.IntField(default=0)
    gain_micro = fields.BigIntField(default=0)
    pending_count = fields.IntField(default=0)
    held_count = fields.IntField(default=0)
    held_micro = fields.BigIntField(default=0)
    resharer_count = fields.IntField(default=0, db_default=0)

    class Meta:
        table = "holder_day"
        constraints = (
            UniqueConstraint(
                fields=("asn_id", "baseline_id", "platform", "day_on"), name="holder_day_bucket"
            ),
        )


class HolderPrior(Model):
    """The gain expected of a holder on a platform before any share is seen. Grows with shares."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    asn: fields.ForeignKeyRelation[Asn] = fields.ForeignKeyField(
        "models.Asn", on_delete=fields.CASCADE
    )
    baseline_id = fields.UUIDField()
    platform = fields.CharField(max_length=12)
    prior_micro = fields.BigIntField()
    audience_observation_id = fields.UUIDField(null=True)

    class Meta:
        table = "holder_prior"
        constraints = (
            UniqueConstraint(
                fields=("asn_id", "baseline_id", "platform"), name="holder_prior_once"
            ),
        )


class ScoreRun(Model):
    """One immutable computation of all scores.

    Parameters, baseline, watermark and the hash of its rows.
    """

    id = fields.UUIDField(primary_key=True, default=new_id)
    model = fields.CharField(max_length=20)
    parameters: fields.Field[dict[str, object]] = fields.JSONField()
    parameters_sha256 = fields.CharField(max_length=64)
    baseline: fields.ForeignKeyRelation[Baseline] = fields.ForeignKeyField(
        "models.Baseline", on_delete=fields.RESTRICT
    )
    as_of = fields.DatetimeField()
    watermark = fields.BigIntField()
    time_zone = fields.CharField(max_length=40)
    code_version = fields.CharField(max_length=40)
    scope = fields.CharField(max_length=12)
    share_count = fields.IntField()
    holder_count = fields.IntField()
    rows_sha256 = fields.CharField(max_length=64)
    created_at = fields.DatetimeField(auto_now_add=True)

    class Meta:
        table = "score_run"
        indexes = (("scope", "as_of", "id"),)
        constraints = (one_of("score_run", "scope", ("LIVE", "PUBLISHED")),)


class RankingEvaluation(Model):
    """What a ranking of the past foresaw of the days after it, beside simpler methods.

    `figures` holds, by method, lists of number of people, nDCG and captured share.
    """

    id = fields.UUIDField(primary_key=True, default=new_id)
    model = fields.CharField(max_length=20)
    ranked_at = fields.DatetimeField()
    ranked_on = fields.DateField()
    horizon_days = fields.SmallIntField()
    holder_count = fields.IntField()
    rewarded_count = fields.IntField()
    figures: fields.Field[dict[str, object]] = fields.JSONField()
    computed_at = fields.DatetimeField()

    class Meta:
        table = "ranking_evaluation"
        constraints = (
            UniqueConstraint(
                fields=("model", "ranked_on", "horizon_days"), name="ranking_evaluation_once"
            ),
        )


class Ranking(Model):
    """The score of one holder in one run. The place follows from the order; it is not stored."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    score_run: fields.ForeignKeyRelation[ScoreRun] = fields.ForeignKeyField(
        "models.ScoreRun", on_delete=fields.CASCADE
    )
    asn: fields.ForeignKeyRelation[Asn] = fields.ForeignKeyField(
        "models.Asn", on_delete=fields.CASCADE
    )
    score = fields.DecimalField(max_digits=40, decimal_places=0)
    quality_micro = fields.BigIntField()
    share_count = fields.IntField()
    resharer_count = fields.IntField()
    pending_count = fields.IntField(default=0)
    breakdown: fields.Field[list[dict[str, object]]] = fields.JSONField()

    class Meta:
        table = "ranking"
        indexes = (("asn_id", "score_run_id"),)
        constraints = (UniqueConstraint(fields=("score_run_id", "asn_id"), name="ranking_once"),)


class RankUncertainty(Model):
    """How sure the rank of one holder in one run is, by a bootstrap of the counted shares.

    The seed is the id of the invite list, or of the run itself for the published ranking.
    """

    id = fields.UUIDField(primary_key=True, default=new_id)
    score_run: fields.ForeignKeyRelation[ScoreRun] = fields.ForeignKeyField(
        "models.ScoreRun", on_delete=fields.CASCADE
    )
    seed_id = fields.UUIDField()
    asn: fields.ForeignKeyRelation[Asn] = fields.ForeignKeyField(
        "models.Asn", on_delete=fields.CASCADE
    )
    capacity = fields.IntField()
    top_count = fields.IntField()
    rank_low = fields.IntField()
    rank_high = fields.IntField()

    class Meta:
        table = "rank_uncertainty"
        constraints = (
            UniqueConstraint(
                fields=("score_run_id", "seed_id", "asn_id"), name="rank_uncertainty_once"
            ),
            CheckConstraint(check="top_count BETWEEN 0 AND 1000", name="rank_uncertainty_draws"),
            CheckConstraint(
                check="rank_low BETWEEN 1 AND rank_high", name="rank_uncertainty_ordered"
            ),
        )
