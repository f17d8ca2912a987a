"""The 38 provinces with both official code systems, which collide and must never be mixed."""

from typing import NamedTuple


class ProvinceCodes(NamedTuple):
    """A province's name, its Kemendagri code and its BPS code."""

    name: str
    kemendagri_code: str
    bps_code: str


PROVINCES = tuple(
    ProvinceCodes(*row)
    for row in (
        ("Aceh", "11", "11"),
        ("Sumatera Utara", "12", "12"),
        ("Sumatera Barat", "13", "13"),
        ("Riau", "14", "14"),
        ("Jambi", "15", "15"),
        ("Sumatera Selatan", "16", "16"),
        ("Bengkulu", "17", "17"),
        ("Lampung", "18", "18"),
        ("Kepulauan Bangka Belitung", "19", "19"),
        ("Kepulauan Riau", "21", "21"),
        ("DKI Jakarta", "31", "31"),
        ("Jawa Barat", "32", "32"),
        ("Jawa Tengah", "33", "33"),
        ("DI Yogyakarta", "34", "34"),
        ("Jawa Timur", "35", "35"),
        ("Banten", "36", "36"),
        ("Bali", "51", "51"),
        ("Nusa Tenggara Barat", "52", "52"),
        ("Nusa Tenggara Timur", "53", "53"),
        ("Kalimantan Barat", "61", "61"),
        ("Kalimantan Tengah", "62", "62"),
        ("Kalimantan Selatan", "63", "63"),
        ("Kalimantan Timur", "64", "64"),
        ("Kalimantan Utara", "65", "65"),
        ("Sulawesi Utara", "71", "71"),
        ("Sulawesi Tengah", "72", "72"),
        ("Sulawesi Selatan", "73", "73"),
        ("Sulawesi Tenggara", "74", "74"),
        ("Gorontalo", "75", "75"),
        ("Sulawesi Barat", "76", "76"),
        ("Maluku", "81", "81"),
        ("Maluku Utara", "82", "82"),
        ("Papua", "91", "94"),
        ("Papua Barat", "92", "91"),
        ("Papua Selatan", "93", "95"),
        ("Papua Tengah", "94", "96"),
        ("Papua Pegunungan", "95", "97"),
        ("Papua Barat Daya", "96", "92"),
    )
)
