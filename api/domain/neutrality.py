"""Neutrality: phrases with no place in government information, and what maker and checker answer.

Phrases are found in Indonesian as people write it: odd characters, stretched letters, hashtags and
common affixes do not hide them. The lists are data with an owner and dates; none is in this module.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import product
from types import MappingProxyType

from api.errors import Problem

PREFIXES = (
    *("di", "ke", "se", "ter", "ber", "be", "per", "diper", "memper"),
    *("me", "mem", "men", "meng", "meny", "pe", "pem", "pen", "peng", "peny"),
)
SWALLOWED = {"mem": "p", "pem": "p", "men": "t", "pen": "t"} | {
    "meng": "k",
    "peng": "k",
    "meny": "s",
    "peny": "s",
}
"""The first letter of a stem that disappears behind a nasal prefix: pilih, memilih."""
SHORTEST_STEM = 4
_FILLERS = frozenset("\u115f\u1160")
_MARKS = frozenset({"Cf", "Mn", "Me"})
_STRETCHED = re.compile(r"([^\W\d_])\1+")
_WORD = re.compile(r"[^\W_]+")
SUFFIXES = tuple(
    _STRETCHED.sub(r"\1", "".join(parts))
    for parts in product(("", "kan", "an", "i"), ("", "nya", "ku", "mu"), ("", "lah", "kah", "pun"))
)


class Effect(StrEnum):
    """BLOCK refuses the content; WARN shows the finding to the checker."""

    BLOCK = "BLOCK"
    WARN = "WARN"


@dataclass(frozen=True, slots=True)
class BlockedPhrase:
    """A phrase of one list in force, and what finding it does."""

    phrase: str
    effect: Effect = Effect.BLOCK


def normalise(text: str) -> str:
    """Return words in one spelling: NFKC, casefold, no marks, no letter and no space repeated."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    visible = "".join(c for c in unicodedata.normalize("NFKD", folded) if not _is_mark(c))
    return " ".join(_WORD.findall(_STRETCHED.sub(r"\1", visible)))


def find(text: str, phrases: Iterable[BlockedPhrase]) -> list[BlockedPhrase]:
    """Return the phrases that a text holds, in the order of the list."""
    words = normalise(text).split()
    stems = [_stems(word) for word in words]
    return [item for item in phrases if _holds(words, stems, normalise(item.phrase).split())]


def check_texts(
    texts: Mapping[tuple[str, ...], str], phrases: Sequence[BlockedPhrase]
) -> list[Problem]:
    """Return a problem for every blocked phrase in texts that are named by their field path."""
    return [
        Problem("BLOCKED_PHRASE", f'The phrase "{item.phrase}" may not be used.', path)
        for path, text in texts.items()
        for item in find(text, phrases)
        if item.effect is Effect.BLOCK
    ]


def _is_mark(letter: str) -> bool:
    """Tell whether a character only decorates or hides: zero-width, combining, filling."""
    return letter in _FILLERS or unicodedata.category(letter) in _MARKS


def _holds(words: Sequence[str], stems: Sequence[frozenset[str]], phrase: Sequence[str]) -> bool:
    if not phrase:
        return False
    # A hashtag, or an invisible mark instead of a space, writes a phrase as one word.
    if "".join(phrase) in words:
        return True
    wanted = [_stems(word) for word in phrase]
    starts = range(len(words) - len(phrase) + 1)
    return any(all(stems[start + n] & stem for n, stem in enumerate(wanted)) for start in starts)


def _stems(word: str) -> frozenset[str]:
    """Return the word and all that may be left of it without its affixes.

    Repeated letters are collapsed already, so an affix may share a letter with the stem:
    "paslonnya" reads "paslonya".
    """
    starts = {0} | {at for p in PREFIXES if p and word.startswith(p) for at in (len(p) - 1, len(p))}
    ends = {len(word)} | {
        at
        for s in SUFFIXES
        if s and word.endswith(s)
        for at in (len(word) - len(s), len(word) - len(s) + 1)
    }
    swallowed = {(len(p), letter) for p, letter in SWALLOWED.items() if word.startswith(p)}
    cuts = product({*((start, "") for start in starts), *swallowed}, ends)
    found = {letter + word[start:end] for (start, letter), end in cuts}
    return frozenset(stem for stem in found if len(stem) >= SHORTEST_STEM) | {word}


class ChecklistItem(StrEnum):
    """What maker and checker both answer; one no blocks."""

    NO_CANDIDATE_PARTY_OR_SYMBOL = "NO_CANDIDATE_PARTY_OR_SYMBOL"
    NO_COMPARISON_OF_OFFICE_HOLDERS = "NO_COMPARISON_OF_OFFICE_HOLDERS"
    PUBLIC_BENEFIT_NAMED = "PUBLIC_BENEFIT_NAMED"
    SOURCES_OPEN = "SOURCES_OPEN"
    FACTS_CHECKED = "FACTS_CHECKED"
    OUTSIDE_QUIET_PERIODS = "OUTSIDE_QUIET_PERIODS"
    NO_TARGETING_OF_CRITICS = "NO_TARGETING_OF_CRITICS"


STATEMENTS: Mapping[ChecklistItem, str] = MappingProxyType(
    {
        ChecklistItem.NO_CANDIDATE_PARTY_OR_SYMBOL: "It shows no candidate, party or symbol.",
        ChecklistItem.NO_COMPARISON_OF_OFFICE_HOLDERS: "It compares no office holders.",
        ChecklistItem.PUBLIC_BENEFIT_NAMED: "It names the public benefit.",
        ChecklistItem.SOURCES_OPEN: "Its sources are open.",
        ChecklistItem.FACTS_CHECKED: "Its facts were checked by a named person.",
        ChecklistItem.OUTSIDE_QUIET_PERIODS: "Its region and dates are free of quiet periods.",
        ChecklistItem.NO_TARGETING_OF_CRITICS: "It targets no critics.",
    }
)


def check_answers(
    answers: Mapping[ChecklistItem, bool], fields: Mapping[ChecklistItem, str] | None = None
) -> list[Problem]:
    """Return a problem for every statement not confirmed; `fields` names the inputs that ask."""
    names = fields or {}
    return [
        Problem("INVALID", f"Not confirmed: {statement}", (names.get(item, item.value),))
        for item, statement in STATEMENTS.items()
        if not answers.get(item, False)
    ]
