"""Baselines as they are stored: what a typical share gets, frozen, and the lines of quality."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from asyncpg import Connection

from api.domain.amplification import Baselines, Fit, Formula, formula
from api.domain.platform import Metric, Platform

_STANDING = "SELECT id, formula, document FROM baseline WHERE status IN ('LIVE', 'BUILDING')"


@dataclass(frozen=True, slots=True)
class FrozenBaseline:
    """A baseline with the lines that quality uses."""

    id: UUID
    values: Baselines
    lines: Mapping[Platform, Fit | None]
    formula: Formula

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
    def of(
        cls, row_id: UUID, version: str, document: Mapping[str, list[list[Any]]]
    ) -> "FrozenBaseline":
        """Read the form of `to_json`."""
        values = {(Platform(p), Metric(m)): int(v) for p, m, v in document["baselines"]}
        lines = {Platform(p): Fit(int(a), int(b), int(n)) for p, a, b, n in document["lines"]}
        return cls(row_id, values, lines, formula(version))


async def standing_baselines(db: Connection) -> list[FrozenBaseline]:
    """Return the live baseline and the one that is built beside it: changes go to both."""
    rows = await db.fetch(_STANDING)
    return [FrozenBaseline.of(r["id"], r["formula"], r["document"]) for r in rows]
