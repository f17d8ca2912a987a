"""How sure ranks are, as the draws of a run or of a list left it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

SURENESS = "u.top_count, u.rank_low, u.rank_high, u.capacity AS drawn_capacity"


def drawn(row: str, run: str | None = None, seed: str | None = None) -> str:
    """Return the join that adds `SURENESS` to a row with an asn_id.

    The published ranking is drawn under its run's own id, a list under its id.
    """
    run = run or f"{row}.score_run_id"
    return (
        f"LEFT JOIN rank_uncertainty u ON u.score_run_id = {run}"
        f" AND u.seed_id = {seed or run} AND u.asn_id = {row}.asn_id"
    )


@dataclass(frozen=True, slots=True)
class Sureness:
    """Of 1,000 draws, those with a rank within the capacity; the ranks of nine draws in ten."""

    top_count: int
    rank_low: int
    rank_high: int
    capacity: int

    @classmethod
    def of(cls, record: Mapping[str, Any]) -> "Sureness | None":
        """Read `SURENESS`; None while nothing was drawn."""
        if record["top_count"] is None:
            return None
        columns = ("top_count", "rank_low", "rank_high", "drawn_capacity")
        return cls(*(record[column] for column in columns))
