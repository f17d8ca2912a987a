"""Baselines: what a typical share gets and what an audience suggests, frozen once live."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, repeat
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from asyncpg import Connection

from api.actions.ranking.measure import TYPICAL, Judged, store_verdicts
from api.domain.amplification import Baselines, Fit, Parameters, baselines, fits
from api.domain.platform import Metric, Platform
from api.domain.ranking import Watermark
from api.models import new_id


@dataclass(frozen=True, slots=True)
class FrozenBaseline:
    """A baseline with the lines that quality uses."""

    id: UUID
    values: Baselines
    lines: Mapping[Platform, Fit | None]

    def to_json(self) -> dict[str, object]:
        """Return what the row stores: micro-people by platform and metric, and the fitted lines."""
        return {
            "baselines": [[p.value, m.value, value] for (p, m), value in self.values.items()],
            "lines": [
                [p.value, line.alpha_micro, line.beta_micro, line.share_count]
                for p, line in self.lines.items()
                if line is not None
            ],
        }

    @classmethod
    def of(cls, row_id: UUID, document: Mapping[str, list[list[Any]]]) -> "FrozenBaseline":
        """Read the form of `to_json`."""
        values = {(Platform(p), Metric(m)): int(v) for p, m, v in document["baselines"]}
        lines = {Platform(p): Fit(int(a), int(b), int(n)) for p, a, b, n in document["lines"]}
        return cls(row_id, values, lines)


GAINS_BY_AUDIENCE = """
SELECT m.platform, f.count AS followers_count, v.gain_micro, count(*) AS share_count
  FROM measured m
  JOIN verdict v USING (facts)
  JOIN LATERAL (
       SELECT o.count FROM audience_observation o JOIN social_account a ON a.id = o.account_id
        WHERE o.asn_id = m.asn_id AND a.platform = m.platform AND o.observed_at <= $1
        ORDER BY o.observed_at DESC, o.id DESC LIMIT 1) f ON true
 WHERE v.state IN ('COUNTED', 'PARTIAL')
   AND ($1 AT TIME ZONE $2)::date - m.day_on BETWEEN 0 AND $3 - 1
 GROUP BY 1, 2, 3
"""

LIVE = "SELECT id, as_of, document FROM baseline WHERE formula = $1 AND status = 'LIVE'"
RETIRE = "UPDATE baseline SET status = 'RETIRED' WHERE formula = $1 AND status = 'LIVE'"
INSERT = """
INSERT INTO baseline (id, formula, status, as_of, watermark, document, created_at)
VALUES ($1, $2, 'LIVE', $3, $4, $5, now())
"""


async def live_baseline(
    db: Connection, judged: list[Judged], moment: Watermark, parameters: Parameters
) -> FrozenBaseline:
    """Return this month's live baseline; the first run of a month freezes a new one."""
    row = await db.fetchrow(LIVE, parameters.formula)
    if row is not None and _is_same_month(row["as_of"], moment.as_of, parameters.time_zone):
        return FrozenBaseline.of(row["id"], row["document"])
    built = await build_baseline(db, judged, moment, parameters)
    await db.execute(RETIRE, parameters.formula)
    await db.execute(
        INSERT, built.id, parameters.formula, moment.as_of, moment.ingest_seq, built.to_json()
    )
    return built


async def build_baseline(
    db: Connection, judged: list[Judged], moment: Watermark, parameters: Parameters
) -> FrozenBaseline:
    """Compute a baseline of the shares in `measured`; nothing is stored."""
    neutral: Baselines = {(p, m): 1 for p in Platform for m in Metric}
    await store_verdicts(db, judged, neutral, parameters)
    values = baselines(await _typical_values(db, moment, parameters), parameters)
    await store_verdicts(db, judged, values, parameters)
    observed: dict[Platform, list[tuple[int, int]]] = defaultdict(list)
    window = (moment.as_of, parameters.time_zone, parameters.window_days)
    for row in await db.fetch(GAINS_BY_AUDIENCE, *window):
        point = (row["followers_count"], row["gain_micro"])
        observed[Platform(row["platform"])].extend(repeat(point, row["share_count"]))
    return FrozenBaseline(new_id(), values, fits(observed, parameters))


async def _typical_values(
    db: Connection, moment: Watermark, parameters: Parameters
) -> dict[tuple[Platform, Metric], list[int]]:
    counted: dict[tuple[Platform, Metric], list[repeat[int]]] = defaultdict(list)
    window = (moment.as_of, parameters.time_zone, parameters.window_days)
    for row in await db.fetch(TYPICAL, *window):
        for metric, value in row["inputs"]["values"].items():
            key = (Platform(row["platform"]), Metric(metric))
            counted[key].append(repeat(value, row["share_count"]))
    return {key: list(chain.from_iterable(parts)) for key, parts in counted.items()}


def _is_same_month(first: datetime, second: datetime, zone: str) -> bool:
    a, b = (at.astimezone(ZoneInfo(zone)) for at in (first, second))
    return (a.year, a.month) == (b.year, b.month)
