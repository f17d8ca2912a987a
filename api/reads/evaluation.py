"""Evaluations of past rankings. They hold figures of methods, nothing about a person."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Self
from uuid import UUID

from asyncpg import Record

from api.domain.evaluation import Figure
from api.models import connection
from api.reads.cursors import Kind
from api.reads.paging import Key, Keyset, Page, PageRequest

BY_TIME = Keyset(
    "rankingEvaluations.RANKED_AT",
    (
        Key("v.ranked_at", Kind.TIME, is_descending=True),
        Key("v.id", Kind.UUID, is_descending=True),
    ),
)
_COLUMNS = """
v.id, v.model, v.ranked_at, v.horizon_days, v.holder_count, v.rewarded_count, v.figures,
v.computed_at
"""


@dataclass(frozen=True, slots=True)
class EvaluationRow:
    """What each method found of the days after one moment: method, number of people, figures."""

    id: UUID
    model: str
    ranked_at: datetime
    horizon_days: int
    holder_count: int
    rewarded_count: int
    figures: Mapping[str, Mapping[int, Figure]]
    computed_at: datetime

    @classmethod
    def of(cls, record: Record) -> Self:
        """Read a record."""
        values = {name: record[name] for name in cls.__slots__}
        figures = {
            method: {int(k): Figure(ndcg, captured) for k, ndcg, captured in rows}
            for method, rows in record["figures"].items()
        }
        return cls(**{**values, "figures": figures})


async def evaluations(page: PageRequest) -> Page[EvaluationRow]:
    """Return one page, newest first."""
    window = page.open(BY_TIME)
    statement = f"""
        SELECT {_COLUMNS}, {window.key_columns} FROM ranking_evaluation v
         WHERE {window.predicate(1)} ORDER BY {window.order_by} LIMIT {window.row_limit}"""
    async with connection() as lent:
        records = await lent.fetch(statement, *window.parameters)
    return window.page(records, EvaluationRow.of)


async def count_evaluations() -> int:
    """Return how many there are."""
    async with connection() as lent:
        found: int = await lent.fetchval("SELECT count(*) FROM ranking_evaluation")
    return found


async def evaluations_by_id(ids: Sequence[UUID]) -> dict[UUID, EvaluationRow]:
    """Return those of these evaluations that exist."""
    statement = f"SELECT {_COLUMNS} FROM ranking_evaluation v WHERE v.id = ANY($1::uuid[])"
    async with connection() as lent:
        records = await lent.fetch(statement, list(ids))
    return {record["id"]: EvaluationRow.of(record) for record in records}
