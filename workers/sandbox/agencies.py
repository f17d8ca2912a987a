"""Invented agencies in real provinces."""

from dataclasses import dataclass

PROVINCES = {
    "11": "Aceh", "12": "Sumatera Utara", "13": "Sumatera Barat", "14": "Riau", "15": "Jambi",
    "16": "Sumatera Selatan", "17": "Bengkulu", "18": "Lampung", "19": "Kepulauan Bangka Belitung",
    "21": "Kepulauan Riau", "31": "DKI Jakarta", "32": "Jawa Barat", "33": "Jawa Tengah",
    "34": "DI Yogyakarta", "35": "Jawa Timur", "36": "Banten", "51": "Bali",
    "52": "Nusa Tenggara Barat", "53": "Nusa Tenggara Timur", "61": "Kalimantan Barat",
    "62": "Kalimantan Tengah", "63": "Kalimantan Selatan", "64": "Kalimantan Timur",
    "65": "Kalimantan Utara", "71": "Sulawesi Utara", "72": "Sulawesi Tengah",
    "73": "Sulawesi Selatan", "74": "Sulawesi Tenggara", "75": "Gorontalo", "76": "Sulawesi Barat",
    "81": "Maluku", "82": "Maluku Utara", "91": "Papua", "92": "Papua Barat",
    "93": "Papua Selatan", "94": "Papua Tengah", "95": "Papua Pegunungan", "96": "Papua Barat Daya",
}  # fmt: skip
"""The 38 provinces by their Kemendagri code."""

HEALTH = "KEMKES-CTH"
INFORMATION = "KEMPEN-CTH"


@dataclass(frozen=True, slots=True)
class Agency:
    """An invented agency; a code of "" means that there is none."""

    code: str
    name: str
    kind: str
    parent_code: str
    province_kemendagri_code: str
    valid_from_on: str


_CENTRAL = (
    (HEALTH, "Kementerian Kesehatan Contoh", "MINISTRY", "", "31", "2015-01-01"),
    (INFORMATION, "Kementerian Penerangan Contoh", "MINISTRY", "", "31", "2015-01-01"),
    ("KEMDIK-CTH", "Kementerian Pendidikan Contoh", "MINISTRY", "", "31", "2015-01-01"),
    ("BSC-CTH", "Badan Statistik Contoh", "INSTITUTION", "", "", "2015-01-01"),
    ("BPB-CTH", "Badan Penanggulangan Bencana Contoh", "INSTITUTION", "", "", "2015-01-01"),
    (
        "DJKP-CTH",
        "Direktorat Jenderal Komunikasi Publik Contoh",
        "UNIT",
        INFORMATION,
        "31",
        "2015-01-01",
    ),
    ("BALAI-CTH", "Balai Pelatihan Kesehatan Contoh", "UNIT", HEALTH, "32", "2015-01-01"),
    ("KAB-REK", "Pemerintah Kabupaten Rekaan", "REGENCY_GOVERNMENT", "", "33", "2015-01-01"),
    ("KAB-UMP", "Pemerintah Kabupaten Umpama", "REGENCY_GOVERNMENT", "", "73", "2015-01-01"),
    ("KAB-AND", "Pemerintah Kabupaten Andaian", "REGENCY_GOVERNMENT", "", "95", "2015-01-01"),
    ("KOTA-MIS", "Pemerintah Kota Misalnya", "CITY_GOVERNMENT", "", "35", "2015-01-01"),
    ("KOTA-TEL", "Pemerintah Kota Teladan", "CITY_GOVERNMENT", "", "64", "2015-01-01"),
    ("DINKES-MIS", "Dinas Kesehatan Kota Misalnya", "UNIT", "KOTA-MIS", "35", "2015-01-01"),
)


def agencies() -> tuple[Agency, ...]:
    """Return every agency; each of the 38 provinces has a government."""
    return tuple(Agency(*row) for row in _CENTRAL) + tuple(map(_province_government, PROVINCES))


def _province_government(code: str) -> Agency:
    name = f"Pemerintah Provinsi {PROVINCES[code]} (Contoh)"
    return Agency(f"PROV-{code}", name, "PROVINCE_GOVERNMENT", "", code, "2015-01-01")
