"""The primary postings of people as they are stored, and as the rows of a file would leave them."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from asyncpg import Connection

from api.actions.stage import Stage
from api.models import new_id

SOURCE = "IMPORT"

_STORED = """
SELECT id, asn_id, agency_id, from_on, to_on FROM assignment
 WHERE asn_id = ANY($1::uuid[]) AND is_primary ORDER BY from_on
"""
_NEW = Stage(
    "assignment_stage",
    {
        "id": "uuid",
        "asn_id": "uuid",
        "agency_id": "uuid",
        "is_primary": "boolean",
        "from_on": "date",
        "to_on": "date",
        "source": "text",
    },
)
_ENDS = Stage("assignment_end_stage", {"id": "uuid", "to_on": "date"})
_END = """
UPDATE assignment a SET to_on = g.to_on FROM assignment_end_stage g WHERE a.id = g.id
"""


@dataclass(slots=True)
class Posting:
    """A posting to an agency; `to_on` is the first day on which it no longer holds."""

    id: UUID
    agency_id: UUID
    from_on: date
    to_on: date | None
    is_new: bool = False
    is_changed: bool = False

    def overlaps(self, from_on: date, to_on: date | None) -> bool:
        """Tell whether a day belongs to both periods."""
        return self.from_on < (to_on or date.max) and from_on < (self.to_on or date.max)


@dataclass(frozen=True, slots=True)
class Postings:
    """All primary postings of some people, changed in memory and then written at once."""

    of_person: defaultdict[UUID, list[Posting]] = field(default_factory=lambda: defaultdict(list))

    @classmethod
    async def load(cls, db: Connection, asn_ids: Collection[UUID]) -> "Postings":
        """Read the postings of these people; lock the people first."""
        postings = cls()
        for row in await db.fetch(_STORED, list(asn_ids)):
            posting = Posting(row["id"], row["agency_id"], row["from_on"], row["to_on"])
            postings.of_person[row["asn_id"]].append(posting)
        return postings

    def find(self, asn_id: UUID, agency_id: UUID, from_on: date) -> Posting | None:
        """Return the posting that began on this day at this agency."""
        for posting in self.of_person[asn_id]:
            if posting.agency_id == agency_id and posting.from_on == from_on:
                return posting
        return None

    def is_free(
        self, asn_id: UUID, from_on: date, to_on: date | None, but: Posting | None = None
    ) -> bool:
        """Tell whether the person has no other primary posting in this period."""
        others = (posting for posting in self.of_person[asn_id] if posting is not but)
        return not any(posting.overlaps(from_on, to_on) for posting in others)

    def open(self, asn_id: UUID, agency_id: UUID, from_on: date, to_on: date | None) -> None:
        """Add a posting in a period that is free."""
        posting = Posting(new_id(), agency_id, from_on, to_on, is_new=True)
        self.of_person[asn_id].append(posting)

    async def write(self, db: Connection) -> None:
        """Store what was added and changed."""
        ends = [(each.id, each.to_on) for _, each in self._all() if each.is_changed]
        await _ENDS.fill(db, ends)
        await db.execute(_END)
        await _NEW.add_to(
            db,
            "assignment",
            [
                (each.id, asn_id, each.agency_id, True, each.from_on, each.to_on, SOURCE)
                for asn_id, each in self._all()
                if each.is_new
            ],
        )

    def _all(self) -> Iterator[tuple[UUID, Posting]]:
        for asn_id, postings in self.of_person.items():
            for posting in postings:
                yield asn_id, posting
