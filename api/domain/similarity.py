"""Whether a post says what another says in nearly the same words. No text is kept.

Words are compared in runs of three (shingles), as in Broder, "On the resemblance and containment
of documents" (1997): one changed word costs three runs, so that a typing error in a sentence passes
and a retold sentence does not.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator

RUN_WORDS = 3
FEWEST_WORDS = 8
"""A shorter text says nothing of its own: everybody writes it."""
CARRIED_PERCENT = 80
"""How much of the original has to be there."""
OWN_PERCENT = 50
"""How much of the post may be words of its own, around the original."""
_LONGEST_TEXT = 20_000

_DROPPED = re.compile(r"(?:https?://|www\.)\S+|[@#][\w.@-]+")
_WORD = re.compile(r"\w+")


def is_nearly_same(text: str, originals: Iterable[str]) -> bool:
    """Tell whether a text carries one of the originals almost word for word."""
    runs = _runs(text)
    return any(_is_carried(runs, original) for original in originals)


def _is_carried(runs: frozenset[tuple[str, ...]], original: str) -> bool:
    wanted = _runs(original)
    if len(wanted) <= FEWEST_WORDS - RUN_WORDS:
        return False
    common = len(wanted & runs)
    is_whole = common * 100 >= CARRIED_PERCENT * len(wanted)
    return is_whole and common * 100 >= (100 - OWN_PERCENT) * len(runs)


def _runs(text: str) -> frozenset[tuple[str, ...]]:
    words = list(_words(text))
    return frozenset(zip(*(words[start:] for start in range(RUN_WORDS)), strict=False))


def _words(text: str) -> Iterator[str]:
    """Yield the words without case, width, marks and what networks add: links, names, tags."""
    plain = unicodedata.normalize("NFKC", text[:_LONGEST_TEXT])
    visible = "".join(one for one in plain if unicodedata.category(one) != "Cf")
    for match in _WORD.finditer(_DROPPED.sub(" ", visible)):
        bare = unicodedata.normalize("NFD", match[0].casefold())
        yield "".join(one for one in bare if not unicodedata.combining(one))
