"""How names of people are sorted and searched."""

import unicodedata

LONGEST_NAME = 200


def sort_name(full_name: str) -> str:
    """Return the form in which names are sorted and searched: no case, no accents, one space."""
    apart = unicodedata.normalize("NFKD", full_name.casefold())
    plain = "".join(each for each in apart if not unicodedata.combining(each))
    return " ".join(plain.split())[:LONGEST_NAME]
