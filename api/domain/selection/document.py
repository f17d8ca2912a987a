"""What is hashed of a list: terms, rules and every row, free of any language."""

import json
from collections.abc import Iterable, Sequence
from hashlib import sha256

from api.domain.canonical import LARGEST_SAFE_INTEGER
from api.domain.selection.entry import Entry
from api.domain.selection.lot import Lot
from api.domain.selection.quota import QuotaRule
from api.domain.selection.reason import Reason
from api.domain.selection.solution import SOLVER
from api.domain.selection.terms import Terms

COLUMNS = (
    "rank",
    "asn",
    "agency",
    "province",
    "score",
    "quality",
    "last_invited",
    "decision",
    "position",
    "waiting",
    "reasons",
)


def list_document(
    terms: Terms, rules: Sequence[QuotaRule], entries: Iterable[Entry]
) -> dict[str, object]:
    """Return what the hash of a list covers; the rows are in it by a hash of their own."""
    by_hand = {"overrides": _overrides(terms)} if terms.overrides else {}
    by_lot = {} if terms.lot is None else {"lot": _lot(terms.lot)}
    return {
        "solver": SOLVER,
        **by_hand,
        **by_lot,
        "context": dict(terms.context),
        "terms": _terms(terms),
        "rules": [_rule(rule) for rule in rules],
        "columns": list(COLUMNS),
        "rows_sha256": _rows_sha256(list_rows(entries)),
    }


def list_rows(entries: Iterable[Entry]) -> list[list[object]]:
    """Return every row as plain values, in the order of the columns.

    Most rows share one tuple of reasons, which is spelled once.
    """
    held = list(entries)
    shared = {id(entry.reasons): entry.reasons for entry in held}
    spelled = {key: [_reason(reason) for reason in reasons] for key, reasons in shared.items()}
    return [_row(entry, spelled[id(entry.reasons)]) for entry in held]


def _rows_sha256(rows: Sequence[Sequence[object]]) -> str:
    """Hash rows that are plain already; to walk them again would take longer than to solve."""
    text = json.dumps(rows, separators=(",", ":"), ensure_ascii=False)
    return sha256(text.encode()).hexdigest()


def _overrides(terms: Terms) -> list[dict[str, object]]:
    return [
        {"asn": str(one.asn_id), "action": one.action, "reason": one.reason}
        for one in sorted(terms.overrides, key=lambda one: one.asn_id.int)
    ]


def _lot(lot: Lot) -> dict[str, object]:
    """Name who drew: chances are in no hash, whom they made level is."""
    return {"drawn_from": str(lot.drawn_from), "level": sorted(str(one) for one in lot.level)}


def _terms(terms: Terms) -> dict[str, object]:
    gate = terms.gate
    return {
        "seats": terms.seats,
        "seed": terms.seed,
        "waiting_places": terms.waiting_places,
        "on": gate.on.isoformat(),
        "cool_down_days": gate.cool_down_days,
        "acceptance_limit": gate.acceptance_limit,
        "acceptance_days": gate.acceptance_days,
        "minimum_score": gate.minimum_score,
    }


def _rule(rule: QuotaRule) -> dict[str, object]:
    return {
        "dimension": rule.dimension.value,
        "key": rule.key,
        "minimum": rule.minimum,
        "maximum": rule.maximum,
        "maximum_percent": rule.maximum_percent,
    }


def _row(entry: Entry, reasons: list[tuple[object, ...]]) -> list[object]:
    one = entry.candidate
    return [
        entry.rank,
        str(one.asn_id),
        one.agency_key,
        one.province_key,
        _number(one.score),
        _number(one.quality_micro),
        None if one.last_invited_on is None else one.last_invited_on.isoformat(),
        entry.decision,
        entry.position,
        entry.waiting_position,
        reasons,
    ]


def _number(value: int) -> int | str:
    return value if abs(value) <= LARGEST_SAFE_INTEGER else str(value)


def _reason(reason: Reason) -> tuple[object, ...]:
    return (reason.code, *reason.data)
