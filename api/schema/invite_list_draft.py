"""Pages of an invite list that was computed and is stored nowhere."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from api.actions.invite_list import ProposedList, outcome
from api.domain.access import Viewer
from api.domain.selection import Entry
from api.reads.asn import cards
from api.reads.card import AsnRow
from api.reads.invite_list import BY_POSITION, BY_WAITING, EntryRow, ListRow
from api.reads.paging import Page, PageRequest
from api.reads.ranking import RunRow


def draft_row(solved: ProposedList, run: RunRow) -> ListRow:
    """Return a computed list as if it were stored."""
    proposal = solved.proposal
    record: dict[str, Any] = {
        "id": solved.id,
        "event_id": solved.event_id,
        "status": "DRAFT",
        "capacity": solved.capacity,
        "seat_count": proposal.terms.seats,
        "seed": proposal.terms.seed,
        "sha256": proposal.sha256,
        "outcome": outcome(proposal),
        "frozen_at": None,
        "overrides": [],
    }
    return ListRow.of(record, run)


class DraftPages:
    """The rows of a computed list, or its waiting list; cursors hold for every equal list."""

    def __init__(self, sha256: str, rows: Iterable[Entry], *, is_waiting: bool) -> None:
        self._sha256 = sha256
        self._keyset = BY_WAITING if is_waiting else BY_POSITION
        self._places = _called(rows) if is_waiting else list(enumerate(rows, start=1))

    async def count(self) -> int:
        """Return the number of rows."""
        return len(self._places)

    async def page(self, viewer: Viewer, request: PageRequest) -> Page[EntryRow]:
        """Return one page, with the people whom the viewer may see."""
        window = request.open(self._keyset, narrowed_by=self._sha256)
        chosen = self._beyond(window.values, is_backward=request.is_backward)[: window.row_limit]
        shown = await cards(viewer, [entry.candidate.asn_id for _, entry in chosen])
        records = [{"key_0": place, "entry": entry} for place, entry in chosen]
        return window.page(records, lambda record: _row(record["entry"], shown))

    def _beyond(
        self, cursor: tuple[Any, ...] | None, *, is_backward: bool
    ) -> list[tuple[int, Entry]]:
        if is_backward:
            return [p for p in reversed(self._places) if cursor is None or p[0] < cursor[0]]
        return [p for p in self._places if cursor is None or p[0] > cursor[0]]


def _called(rows: Iterable[Entry]) -> list[tuple[int, Entry]]:
    called = [(one.waiting_position, one) for one in rows if one.waiting_position is not None]
    return sorted(called, key=lambda pair: pair[0])


def _row(entry: Entry, shown: dict[UUID, AsnRow]) -> EntryRow:
    asn_id = entry.candidate.asn_id
    return EntryRow(
        id=asn_id,
        seat=entry.position,
        waiting_position=entry.waiting_position,
        decision=entry.decision.value,
        rank=entry.rank,
        score=entry.candidate.score,
        reasons=tuple((reason.code.value, reason.message) for reason in entry.reasons),
        asn=shown.get(asn_id),
        invitation=None,
    )
