"""Invented government programmes, their campaigns and what each post says."""

from dataclasses import dataclass

from workers.sandbox.agencies import HEALTH, INFORMATION
from workers.sandbox.chance import dice

_HOUR, _DAY = 3_600, 86_400
DISCLOSURE_LABEL = "ASN · program pemerintah"
SOURCE = "https://contoh.go.id"


@dataclass(frozen=True, slots=True)
class Campaign:
    """A theme with the facts that its posts pass on."""

    title: str
    brief: str
    hashtag: str
    goal_share_count: int
    facts: tuple[tuple[str, str, str], ...]
    """Title, Indonesian sentence, English sentence."""


@dataclass(frozen=True, slots=True)
class Program:
    """A programme of one ministry."""

    slug: str
    name: str
    agency_code: str
    summary: str
    campaigns: tuple[Campaign, ...]


@dataclass(frozen=True, slots=True)
class Outline:
    """What one post says, and when it appears."""

    program: Program
    campaign: Campaign
    title: str
    text: str
    english: str
    at: int


PROGRAMS = (
    Program(
        slug="balita-sehat-contoh",
        name="Balita Sehat Contoh",
        agency_code=HEALTH,
        summary="Layanan kesehatan dasar bagi anak di bawah lima tahun.",
        campaigns=(
            Campaign(
                title="Timbang Rutin di Posyandu",
                brief="Mengajak keluarga menimbang balita setiap bulan.",
                hashtag="TimbangRutinContoh",
                goal_share_count=400,
                facts=(
                    (
                        "Jadwal timbang",
                        "Balita ditimbang gratis setiap bulan di posyandu.",
                        "Toddlers are weighed free of charge every month.",
                    ),
                    (
                        "Buku catatan",
                        "Bawa buku catatan agar tumbuh kembang anak terpantau.",
                        "Bring the record book so that growth can be followed.",
                    ),
                    (
                        "Gizi seimbang",
                        "Kader menjelaskan menu seimbang dari bahan setempat.",
                        "Volunteers explain balanced meals from local food.",
                    ),
                    (
                        "Lokasi terdekat",
                        "Daftar posyandu terdekat dapat dicari di laman resmi.",
                        "The official page lists the nearest post.",
                    ),
                ),
            ),
            Campaign(
                title="Imunisasi Lengkap",
                brief="Menjelaskan jadwal imunisasi dasar.",
                hashtag="ImunisasiContoh",
                goal_share_count=300,
                facts=(
                    (
                        "Imunisasi dasar",
                        "Imunisasi dasar diberikan tanpa biaya di puskesmas.",
                        "Basic immunisation is free at health centres.",
                    ),
                    (
                        "Jadwal susulan",
                        "Jadwal yang terlewat dapat disusulkan; tanyakan kepada petugas.",
                        "Missed dates can be caught up: ask the staff.",
                    ),
                    (
                        "Catatan digital",
                        "Riwayat imunisasi tersimpan dan dapat dicetak kapan saja.",
                        "The immunisation record can be printed at any time.",
                    ),
                    (
                        "Setelah imunisasi",
                        "Demam ringan itu wajar; petugas menjelaskan penanganannya.",
                        "A light fever is normal; staff explain what to do.",
                    ),
                ),
            ),
        ),
    ),
    Program(
        slug="cek-fakta-contoh",
        name="Cek Fakta Contoh",
        agency_code=INFORMATION,
        summary="Literasi digital bagi semua warga.",
        campaigns=(
            Campaign(
                title="Periksa Sebelum Berbagi",
                brief="Tiga langkah memeriksa kabar sebelum meneruskannya.",
                hashtag="PeriksaDuluContoh",
                goal_share_count=500,
                facts=(
                    (
                        "Tiga langkah",
                        "Baca utuh, cari sumbernya, baru bagikan.",
                        "Read it whole, find the source, then share.",
                    ),
                    (
                        "Kelas daring",
                        "Kelas literasi digital dibuka setiap pekan tanpa biaya.",
                        "A free online class opens every week.",
                    ),
                    (
                        "Kanal aduan",
                        "Kabar yang meragukan dapat dilaporkan melalui kanal resmi.",
                        "Doubtful news can be reported on the official channel.",
                    ),
                    (
                        "Kata sandi kuat",
                        "Gunakan kata sandi berbeda dan verifikasi dua langkah.",
                        "Use different passwords and two-step verification.",
                    ),
                ),
            ),
        ),
    ),
    Program(
        slug="siaga-banjir-contoh",
        name="Siaga Banjir Contoh",
        agency_code=INFORMATION,
        summary="Kesiapan keluarga menghadapi musim hujan.",
        campaigns=(
            Campaign(
                title="Tas Siaga Keluarga",
                brief="Isi tas siaga dan jalur evakuasi.",
                hashtag="SiagaBanjirContoh",
                goal_share_count=350,
                facts=(
                    (
                        "Isi tas siaga",
                        "Siapkan air, obat, senter dan salinan dokumen.",
                        "Pack water, medicine, a torch and copies of papers.",
                    ),
                    (
                        "Jalur evakuasi",
                        "Kenali jalur evakuasi dan titik kumpul di lingkungan Anda.",
                        "Know the way out and the meeting point near you.",
                    ),
                    (
                        "Peringatan dini",
                        "Pesan peringatan dini dikirim tanpa biaya ke telepon seluler.",
                        "Early warnings are sent to phones free of charge.",
                    ),
                    (
                        "Gotong royong",
                        "Kerja bakti membersihkan saluran air digelar setiap Minggu.",
                        "Drains are cleaned together every Sunday.",
                    ),
                ),
            ),
        ),
    ),
)
"""Three programmes with four campaigns."""


def outlines(seed: int, epoch: int, count: int) -> tuple[Outline, ...]:
    """Spread posts over the twenty days before the epoch, the campaigns taking turns."""
    campaigns = [(program, campaign) for program in PROGRAMS for campaign in program.campaigns]
    die = dice(seed, "outlines")
    newest_at, span = epoch - 5 * _HOUR, 20 * _DAY - 5 * _HOUR
    result = []
    for index in range(count):
        program, campaign = campaigns[index % len(campaigns)]
        fact = campaign.facts[index // len(campaigns) % len(campaign.facts)]
        back = (count - 1 - index) * span // max(1, count)
        at = newest_at - back - die.randrange(2 * _HOUR)
        result.append(Outline(program, campaign, *fact, at=at))
    return tuple(result)


def text_of(outline: Outline) -> str:
    """Return what the ministry posts."""
    link = f"{SOURCE}/{outline.program.slug}"
    return f"{outline.title}: {outline.text} #{outline.campaign.hashtag} {link}"


def variants_of(outline: Outline) -> tuple[tuple[str, str], ...]:
    """Return three ways to say the same facts, each with its locale."""
    return (
        ("id", f"{outline.text} Selengkapnya di laman resmi. {DISCLOSURE_LABEL}"),
        ("id", f"{outline.campaign.title}. Sudah tahu? {outline.text} {DISCLOSURE_LABEL}"),
        ("en", f"{outline.english} {DISCLOSURE_LABEL}"),
    )
