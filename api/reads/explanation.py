"""What an explanation of a place is made of, in one statement with the viewer's scope."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from asyncpg import Record

from api.domain.access import Viewer
from api.domain.amplification import Bucket, Parameters, ShareReason, ShareState
from api.domain.coordination import ReviewRule
from api.domain.explanation import Explanation, Neighbour, ShareFact, explain
from api.domain.explanation.explain import Group, Known, Ranked
from api.domain.platform import Metric, Platform
from api.models import connection
from api.reads import scope
from api.reads.posting import posted_below, posted_in, today
from api.reads.ranking import LATEST, parts
from api.reads.sureness import SURENESS, Sureness, drawn

_PLACE = "((-{0}.score), (-{0}.quality_micro), {0}.asn_id)"
_OF_RUN = "n.score_run_id = (SELECT id FROM run)"
_IS_BEFORE = f"{_PLACE.format('n')} < {_PLACE.format('own')}"
_IS_AFTER = f"{_PLACE.format('n')} > {_PLACE.format('own')}"
_NEIGHBOUR = "jsonb_build_object('score', n.score::text, 'breakdown', n.breakdown)"
_AS_IF_CLEARED = (
    "((-n.score), (-n.quality_micro), n.asn_id)"
    " < (-(own.score + held.score), (-own.quality_micro), own.asn_id)"
)
_PLACE_DESCENDING = "(-n.score) DESC, (-n.quality_micro) DESC, n.asn_id DESC"


def _group(members: str) -> str:
    return f"""
    (SELECT jsonb_build_object('holder_count', count(*), 'rank', count(*) FILTER (
            WHERE {_PLACE.format("n")} <= {_PLACE.format("own")}))
       FROM ranking n WHERE {_OF_RUN} AND {members})"""


def _statement(visible: str, flags: str) -> str:
    return f"""
WITH run AS MATERIALIZED (
    SELECT r.*, (r.as_of AT TIME ZONE r.time_zone)::date AS as_of_on,
           (r.parameters ->> 'window_days')::int AS window_days
      FROM score_run r WHERE r.id = ({LATEST})
), person AS MATERIALIZED (
    SELECT a.id AS asn_id, posted.agency_id,
           coalesce(posted.province_id, home.province_id) AS province_id
      FROM asn a
      LEFT JOIN assignment posted ON posted.asn_id = a.id AND {today("posted")}
      LEFT JOIN agency home ON home.id = posted.agency_id
     WHERE a.id = $1 AND {visible}
), measured AS MATERIALIZED (
    SELECT g.*, run.as_of_on - g.day_on AS age_days
      FROM run, share_gain g
     WHERE g.asn_id = (SELECT asn_id FROM person) AND g.baseline_id = run.baseline_id
       AND g.day_on <= run.as_of_on
), held AS (
    SELECT coalesce(sum(m.held_micro * d.weight_ppm), 0) AS score
      FROM run, measured m JOIN decay d ON d.age_days = m.age_days
     WHERE d.formula = run.model
), own AS MATERIALIZED (
    SELECT n.* FROM ranking n WHERE {_OF_RUN} AND n.asn_id = (SELECT asn_id FROM person)
)
SELECT run.as_of, run.time_zone, run.parameters, run.holder_count, b.document,
       own.score, own.breakdown, {SURENESS},
       (SELECT count(*) FROM ranking n WHERE {_OF_RUN} AND {_IS_BEFORE}) AS before_count,
       (SELECT count(*) FROM ranking n WHERE {_OF_RUN} AND n.asn_id <> own.asn_id
           AND {_AS_IF_CLEARED}) AS before_if_cleared_count,
       (SELECT {_NEIGHBOUR} FROM ranking n WHERE {_OF_RUN} AND {_IS_BEFORE}
         ORDER BY {_PLACE_DESCENDING} LIMIT 1) AS above,
       (SELECT {_NEIGHBOUR} FROM ranking n WHERE {_OF_RUN} AND {_IS_AFTER}
         ORDER BY (-n.score), (-n.quality_micro), n.asn_id LIMIT 1) AS below,
       {_group(posted_below("n.asn_id", "person.agency_id"))} AS agency,
       {_group(posted_in("n.asn_id", "person.province_id"))} AS province,
       (SELECT jsonb_object_agg(p.platform, p.prior_micro) FROM holder_prior p
         WHERE p.asn_id = person.asn_id AND p.baseline_id = run.baseline_id) AS priors,
       (SELECT count(*) FROM measured WHERE age_days >= run.window_days) AS too_old_count,
       (SELECT jsonb_agg(jsonb_build_object(
               'id', m.share_id, 'platform', m.platform, 'day_on', m.day_on, 'state', m.state,
               'reason', m.reason, 'post_slot', m.post_slot, 'values', m.inputs -> 'values',
               'bucket', jsonb_build_array(m.counted_count, m.gain_micro, m.pending_count,
                                           m.held_count, m.held_micro),
               'known_count', (SELECT count(*) FROM reshare w WHERE w.asn_id = m.asn_id
                                  AND w.share_id = m.share_id AND NOT w.is_withdrawn),
               'rules', (SELECT jsonb_agg(f.rule ORDER BY f.rule) FROM review_flag f
                          WHERE f.asn_id = m.asn_id AND f.share_id = m.share_id
                            AND f.state = 'OPEN' AND {flags})))
          FROM measured m WHERE m.age_days < run.window_days) AS shares
  FROM run JOIN baseline b ON b.id = run.baseline_id
  CROSS JOIN person CROSS JOIN held LEFT JOIN own ON true
  {drawn("own")}"""


@dataclass(frozen=True, slots=True)
class ExplanationRow:
    """An explanation with the run that it belongs to and the baseline by platform and metric."""

    as_of: datetime
    parameters: Parameters
    baselines_micro: Mapping[tuple[Platform, Metric], int]
    explanation: Explanation
    sureness: Sureness | None


async def explanation(viewer: Viewer, asn_id: UUID) -> ExplanationRow | None:
    """Explain the place of a person in scope in the latest run; None before the first run.

    Ranks are those of the whole run, as in a person's standing. Neighbours have no name.
    """
    visible = scope.asns(viewer, "a.id", 2)
    flags = scope.review_flags(viewer, "f", 2)
    statement = _statement(visible.sql, flags.sql)
    async with connection() as db:
        record = await db.fetchrow(statement, asn_id, *visible.parameters)
    return None if record is None else _row(record)


def _row(record: Record) -> ExplanationRow:
    parameters = Parameters.from_json(record["parameters"])
    baselines = record["document"]["baselines"]
    return ExplanationRow(
        as_of=record["as_of"],
        parameters=parameters,
        baselines_micro={(Platform(p), Metric(m)): int(value) for p, m, value in baselines},
        explanation=explain(_known(record, parameters)),
        sureness=Sureness.of(record),
    )


def _known(record: Record, parameters: Parameters) -> Known:
    is_ranked = record["score"] is not None
    rank = record["before_count"] + 1 if is_ranked else None
    priors = record["priors"] or {}
    sureness = Sureness.of(record)
    return Known(
        as_of_on=record["as_of"].astimezone(ZoneInfo(record["time_zone"])).date(),
        parameters=parameters,
        ranked=_ranked(record) if is_ranked else None,
        overall=Group(rank, record["holder_count"]),
        agency=_group_of(record["agency"], is_ranked=is_ranked),
        province=_group_of(record["province"], is_ranked=is_ranked),
        shares=[_share(item) for item in record["shares"] or ()],
        priors_micro={Platform(name): int(value) for name, value in priors.items()},
        too_old_count=record["too_old_count"],
        interval=None if sureness is None else (sureness.rank_low, sureness.rank_high),
    )


def _ranked(record: Record) -> Ranked:
    rank = record["before_count"] + 1
    return Ranked(
        rank=rank,
        score=int(record["score"]),
        parts=tuple((p.platform, p.share_count, p.score) for p in parts(record["breakdown"])),
        rank_if_cleared=record["before_if_cleared_count"] + 1,
        above=_neighbour(rank - 1, record["above"]),
        below=_neighbour(rank + 1, record["below"]),
    )


def _neighbour(rank: int, data: Mapping[str, Any] | None) -> Neighbour | None:
    if data is None:
        return None
    scores = {part.platform: part.score for part in parts(data["breakdown"])}
    return Neighbour(rank, int(data["score"]), scores)


def _group_of(data: Mapping[str, int], *, is_ranked: bool) -> Group:
    return Group(data["rank"] if is_ranked else None, data["holder_count"])


def _share(data: Mapping[str, Any]) -> ShareFact:
    values = {Metric(name): int(value) for name, value in data["values"].items()}
    return ShareFact(
        share_id=UUID(data["id"]),
        platform=Platform(data["platform"]),
        day_on=date.fromisoformat(data["day_on"]),
        post_slot=data["post_slot"],
        state=ShareState(data["state"]),
        reason=None if data["reason"] is None else ShareReason(data["reason"]),
        bucket=Bucket(*data["bucket"]),
        values=values,
        resharer_count=_people(values.get(Metric.RESHARERS), data["known_count"]),
        rules=_rules(data["rules"]),
    )


def _people(value_micro: int | None, known_count: int) -> int | None:
    """Return people without the discount; only repeated resharers make it fewer than known."""
    return None if value_micro is None else max(known_count, value_micro // 1_000_000)


def _rules(names: Sequence[str] | None) -> tuple[ReviewRule, ...]:
    return tuple(ReviewRule(name) for name in names or ())
