"""Names that nobody bears: common given names, and family names that say "invented"."""

from random import Random

_GIVEN = (
    "Adi", "Agus", "Anisa", "Arif", "Ayu", "Bagas", "Bayu", "Citra", "Dewi", "Dian", "Eka", "Fajar",
    "Fitri", "Gilang", "Hana", "Hendra", "Indah", "Intan", "Joko", "Kartika", "Lestari", "Lina",
    "Made", "Maya", "Nanda", "Ningsih", "Novi", "Nurul", "Putri", "Rahma", "Rangga", "Ratna",
    "Reza", "Rina", "Sari", "Sinta", "Surya", "Tari", "Wahyu", "Yuni",
)  # fmt: skip
_FAMILY = (
    "Contoh", "Rekaan", "Umpama", "Misalnya", "Teladan", "Andaian", "Khayal", "Fiksi", "Simulasi",
    "Purwarupa", "Boneka", "Seandainya",
)  # fmt: skip
_TITLES = ("", "", "", "", "", "", "", ", S.Kom.", ", M.Si.")
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


def full_name(die: Random) -> str:
    """Return a name, sometimes with a degree; two people may have the same."""
    first, second = die.sample(_GIVEN, 2)
    return f"{first} {second} {die.choice(_FAMILY)}{die.choice(_TITLES)}"


def handle(name: str, index: int) -> str:
    """Return a handle of at most 15 characters that no other index has."""
    given, *_, family = name.partition(",")[0].split()
    stem = f"{given[:6]}{family[:5]}"
    return f"{stem if index % 3 else stem.lower()}_{base36(index)}"


def base36(number: int, width: int = 1) -> str:
    """Write a number in few characters that a handle may contain."""
    text = ""
    while number:
        number, digit = divmod(number, 36)
        text = _DIGITS[digit] + text
    return text.rjust(width, "0")
