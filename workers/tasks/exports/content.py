"""What stands in a file, whatever its format: where it comes from, then the rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from api.domain.access import Viewer
from api.domain.amplification import points_micro
from api.domain.uncertainty import chance

COLUMNS = (
    "position",
    "waiting",
    "decision",
    "rank",
    "points",
    "p_top_k",
    "rank_low",
    "rank_high",
    "name",
    "agency_code",
    "agency",
    "province",
    "reasons",
    "invitation",
    "answer_by",
    "answered_at",
    "checked_in_at",
)
_MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Content:
    """The origin of a file, the event, and rows in the order of `COLUMNS`."""

    origin: Mapping[str, str]
    overrides: Sequence[str]
    event: Mapping[str, Any]
    rows: Sequence[Mapping[str, object]]
    made_at: datetime

    @classmethod
    def of(
        cls, head: Mapping[str, Any], rows: Sequence[Mapping[str, Any]], viewer: Viewer
    ) -> "Content":
        """Arrange what the database says."""
        made_at = datetime.now(UTC).replace(microsecond=0)
        origin = {
            "list": str(head["list_id"]),
            "status": head["status"],
            "event": head["title"],
            "score_run": str(head["score_run_id"]),
            "as_of": head["as_of"].isoformat(),
            "model": head["model"],
            "policy": head["policy"] or "",
            "solver": head["solver"],
            "seed": head["seed"],
            "sha256": head["sha256"],
            "scores_sha256": head["rows_sha256"],
            "requested_by": viewer.subject,
            "made_at": made_at.isoformat(),
        }
        return cls(origin, tuple(head["overrides"]), head, [_row(row) for row in rows], made_at)


def _row(row: Mapping[str, Any]) -> dict[str, object]:
    shown = {**row, "position": row["seat"], "waiting": row["waiting_position"]}
    shown["points"] = points_micro(int(row["score"])) / _MILLION
    shown["p_top_k"] = None if row["top_count"] is None else chance(row["top_count"])
    return {name: _plain(shown[name]) for name in COLUMNS}


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime) else value
