"""The tree that the stored agencies and a file make together: no parent missing, no circle."""

from collections.abc import Mapping, Sequence

from api.actions.intake.agencies.record import AgencyRow
from api.actions.intake.report import Outcome


def rows_that_fit(
    stored: Mapping[str, str | None], rows: Sequence[AgencyRow], outcome: Outcome
) -> list[AgencyRow]:
    """Return the rows whose parents exist and form no circle; refuse the others.

    `stored` maps codes to the codes of parents. Parents may stand in any order; a refused row may
    take its children with it, so this goes on until nothing more is refused.
    """
    fitting = list(rows)
    while True:
        parents = {**stored, **_parents(stored, fitting)}
        refused = [row for row in fitting if _refuse(row, parents, outcome)]
        if not refused:
            return fitting
        fitting = [row for row in fitting if row not in refused]


def _parents(stored: Mapping[str, str | None], rows: Sequence[AgencyRow]) -> dict[str, str | None]:
    return {row.code: row.parent_code if row.has_parent else stored.get(row.code) for row in rows}


def _refuse(row: AgencyRow, parents: Mapping[str, str | None], outcome: Outcome) -> bool:
    if row.parent_code is None:
        return False
    if row.parent_code not in parents:
        reason = "No agency has this code, here or in the database."
        outcome.refuse(row.line, "parent_code", "NOT_FOUND", reason)
    elif _is_in_circle(row.code, parents):
        reason = "The agency would stand above itself."
        outcome.refuse(row.line, "parent_code", "INVALID", reason)
    else:
        return False
    return True


def _is_in_circle(code: str, parents: Mapping[str, str | None]) -> bool:
    passed: set[str] = set()
    above = parents.get(code)
    while above is not None and above not in passed:
        if above == code:
            return True
        passed.add(above)
        above = parents.get(above)
    return False
