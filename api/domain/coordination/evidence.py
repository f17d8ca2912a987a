"""What a flag rests on: figures, kept as data, and the plain words for them in two languages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Self
from uuid import UUID


class EvidenceCode(StrEnum):
    """The kinds of evidence rows."""

    MEETINGS = "MEETINGS"
    POD_SIZE = "POD_SIZE"
    POD_INSIDE = "POD_INSIDE"
    ONE_RESHARER = "ONE_RESHARER"
    CLICKS_IN_BURST = "CLICKS_IN_BURST"
    AUDIENCE_GROWTH = "AUDIENCE_GROWTH"
    ENGAGEMENT = "ENGAGEMENT"
    SAME_NATIVE_POST = "SAME_NATIVE_POST"
    BEFORE_PUBLICATION = "BEFORE_PUBLICATION"


class Language(StrEnum):
    """The languages that people are spoken to in."""

    ENGLISH = "en"
    INDONESIAN = "id"


_WORDS: Mapping[EvidenceCode, Mapping[Language, tuple[str, str]]] = {
    EvidenceCode.MEETINGS: {
        Language.ENGLISH: (
            "Shared within {window} s of {partner}",
            "{close} of {common} posts that both shared; {expected} expected at these posts' own "
            "pace; p = {chance}",
        ),
        Language.INDONESIAN: (
            "Membagikan dalam {window} detik dari {partner}",
            "{close} dari {common} unggahan yang dibagikan keduanya; diperkirakan {expected} "
            "menurut laju unggahan itu sendiri; p = {chance}",
        ),
    },
    EvidenceCode.POD_SIZE: {
        Language.ENGLISH: ("Size of the group", "{holders} holders who often share together"),
        Language.INDONESIAN: (
            "Besar kelompok",
            "{holders} pemegang lencana yang sering membagikan bersamaan",
        ),
    },
    EvidenceCode.POD_INSIDE: {
        Language.ENGLISH: (
            "Passed on within the group",
            "{inside} of {reshares} reshares ({percent}%), on {posts} posts",
        ),
        Language.INDONESIAN: (
            "Dibagikan ulang di dalam kelompok",
            "{inside} dari {reshares} pembagian ulang ({percent}%), pada {posts} unggahan",
        ),
    },
    EvidenceCode.ONE_RESHARER: {
        Language.ENGLISH: (
            "Passed on by one and the same person",
            "{own} of {reshares} reshares of all shares ({percent}%)",
        ),
        Language.INDONESIAN: (
            "Dibagikan ulang oleh orang yang sama",
            "{own} dari {reshares} pembagian ulang atas semua pembagian ({percent}%)",
        ),
    },
    EvidenceCode.CLICKS_IN_BURST: {
        Language.ENGLISH: (
            "Clicks in a burst from few networks",
            "{clicks} clicks on the tracked link that do not count; the limit is {limit}",
        ),
        Language.INDONESIAN: (
            "Klik beruntun dari sedikit jaringan",
            "{clicks} klik pada tautan terlacak yang tidak dihitung; batasnya {limit}",
        ),
    },
    EvidenceCode.AUDIENCE_GROWTH: {
        Language.ENGLISH: (
            "The audience grew without shares",
            "From {before} to {after} in {days} days ({percent}%); nothing was shared meanwhile",
        ),
        Language.INDONESIAN: (
            "Pengikut bertambah tanpa pembagian",
            "Dari {before} menjadi {after} dalam {days} hari ({percent}%); tidak ada pembagian "
            "selama itu",
        ),
    },
    EvidenceCode.ENGAGEMENT: {
        Language.ENGLISH: (
            "Reactions for each million followers",
            "{rate}; 99.9% of {population} shares on this network stay below {limit}",
        ),
        Language.INDONESIAN: (
            "Interaksi per sejuta pengikut",
            "{rate}; 99,9% dari {population} pembagian di jaringan ini di bawah {limit}",
        ),
    },
    EvidenceCode.SAME_NATIVE_POST: {
        Language.ENGLISH: (
            "The same post on the network was handed in before",
            "{times} times; this one came in later",
        ),
        Language.INDONESIAN: (
            "Unggahan yang sama di jaringan sudah pernah tercatat",
            "{times} kali; yang ini masuk belakangan",
        ),
    },
    EvidenceCode.BEFORE_PUBLICATION: {
        Language.ENGLISH: (
            "Shared before the programme post was published",
            "{seconds} s earlier",
        ),
        Language.INDONESIAN: (
            "Dibagikan sebelum unggahan program terbit",
            "{seconds} detik lebih awal",
        ),
    },
}
_SOMEBODY = {
    Language.ENGLISH: "another badge holder",
    Language.INDONESIAN: "pemegang lencana lain",
}


@dataclass(frozen=True, slots=True)
class Evidence:
    """One row: its kind, its figures as written, and the other person that it is about."""

    code: EvidenceCode
    figures: Mapping[str, str | int] = field(default_factory=dict)
    partner_id: UUID | None = None
    share_id: UUID | None = None
    """The share of the other person that this one is compared with."""

    def words(self, language: Language, partner: str | None = None) -> tuple[str, str]:
        """Return label and value; a person whom the reader may not see stays nameless."""
        label, value = _WORDS[self.code][language]
        known = {**self.figures, "partner": partner or _SOMEBODY[language]}
        return label.format(**known), value.format(**known)

    def to_json(self) -> dict[str, object]:
        """Return the form that the row keeps."""
        return {
            "code": self.code.value,
            "figures": dict(self.figures),
            "partner_id": None if self.partner_id is None else str(self.partner_id),
            "share_id": None if self.share_id is None else str(self.share_id),
        }

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Self:
        """Read the form of `to_json`."""
        partner, share = data["partner_id"], data["share_id"]
        return cls(
            code=EvidenceCode(data["code"]),
            figures=data["figures"],
            partner_id=None if partner is None else UUID(partner),
            share_id=None if share is None else UUID(share),
        )


MOST_ROWS = 20


def merged(rows: Sequence[Evidence], more: Sequence[Evidence]) -> tuple[Evidence, ...]:
    """Return the rows with new ones behind them, each once, and not more than people read."""
    return (*rows, *(row for row in more if row not in rows))[:MOST_ROWS]


def percent(part: int, whole: int) -> int:
    """Return a part in whole per cent, rounded down."""
    return part * 100 // whole if whole else 0
