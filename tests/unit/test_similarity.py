"""Nearly the same words: what carries a post, and what only speaks of the same thing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.domain.similarity import is_nearly_same

OFFICIAL = (
    "Imunisasi lengkap melindungi anak dari campak, polio, dan difteri. "
    "Datang ke posyandu terdekat setiap bulan dan bawa buku kesehatan ibu dan anak. Gratis!"
)
CARRYING = {
    "word for word": OFFICIAL,
    "shouted": OFFICIAL.upper(),
    "without punctuation": OFFICIAL.replace(",", "").replace(".", "").replace("!", ""),
    "in one word less": OFFICIAL.replace(" terdekat", ""),
    "with a typing error": OFFICIAL.replace("posyandu", "posyadu"),
    "with a link and tags": f"{OFFICIAL} https://contoh.id/imunisasi #AnakSehat @dinas.kota",
    "with tags between": OFFICIAL.replace("Gratis", "#AnakSehat #Imunisasi Gratis"),
    "with own words in front": f"Teman-teman, ini penting sekali untuk keluarga kita. {OFFICIAL}",
    "with the disclosure": f"{OFFICIAL}\n\nASN · program pemerintah",
    "with emoji": f"💉 {OFFICIAL.replace('. ', ' 👶 ')} ❤️",
    "in wide letters": OFFICIAL.replace("Imunisasi", "\uff29\uff4d\uff55\uff4eisasi"),
    "with invisible characters": OFFICIAL.replace("campak", "cam\u200bpak"),
    "on several lines": OFFICIAL.replace(" ", "\n"),
    "with accents": OFFICIAL.replace("e", "é", 1),
}
OTHER = {
    "nothing": "",
    "only tags": "#AnakSehat #Imunisasi @dinas.kota https://contoh.id/imunisasi",
    "retold": (
        "Anak yang diimunisasi lengkap terhindar dari penyakit berbahaya. Ayo ke posyandu tiap "
        "bulan, jangan lupa buku KIA, dan semuanya tidak dipungut biaya."
    ),
    "half of it": "Imunisasi lengkap melindungi anak dari campak, polio, dan difteri.",
    "the same words in another order": " ".join(reversed(OFFICIAL.split())),
    "hidden in a long text": f"{'Ini cerita panjang tentang hari libur kami di pantai utara ' * 2}"
    f"{' '.join(f'kata{number}' for number in range(60))} {OFFICIAL}",
    "another post": "Vaksin penguat tersedia di puskesmas mulai hari Senin pukul delapan pagi ya.",
}


@pytest.mark.parametrize("text", CARRYING.values(), ids=CARRYING.keys())
def test_a_post_in_nearly_the_same_words_carries_the_original(text):
    assert is_nearly_same(
        text, ["Lain sama sekali, delapan kata atau lebih ada di sini.", OFFICIAL]
    )


@pytest.mark.parametrize("text", OTHER.values(), ids=OTHER.keys())
def test_a_post_in_other_words_does_not(text):
    assert not is_nearly_same(text, [OFFICIAL])


@pytest.mark.parametrize(
    "original", ["", "Selamat pagi!", "Selamat Hari Guru untuk semua guru kita"]
)
def test_an_original_of_a_few_words_proves_nothing(original):
    assert not is_nearly_same(original, [original])


def test_eight_words_are_enough():
    assert is_nearly_same(
        "satu dua tiga empat lima enam tujuh delapan",
        ["Satu, dua, tiga, empat, lima, enam, tujuh, delapan!"],
    )


def test_without_an_original_nothing_is_carried():
    assert not is_nearly_same(OFFICIAL, [])


WORDS = st.lists(
    st.text("abcdefghij", min_size=1, max_size=6), min_size=10, max_size=40, unique=True
)


@given(WORDS, st.lists(st.sampled_from(["#tag", "@nama", "https://a.id/b", "!", "👶", "\u200b"])))
def test_what_networks_add_never_changes_the_answer(words, added):
    text = " ".join(words)

    assert is_nearly_same(f"{text} {' '.join(added)}", [text])


@given(st.text(max_size=300), st.lists(st.text(max_size=300), max_size=3))
def test_any_text_is_answered(text, originals):
    assert is_nearly_same(text, originals) in (True, False)


TWENTY = st.lists(
    st.text("abcdefghij", min_size=1, max_size=6), min_size=20, max_size=20, unique=True
)


@given(TWENTY, st.integers(0, 19))
def test_one_changed_word_in_twenty_passes_and_every_second_does_not(text, place):
    changed = [*text[:place], "lain", *text[place + 1 :]]
    halved = [word if number % 2 else f"x{number}" for number, word in enumerate(text)]

    assert is_nearly_same(" ".join(changed), [" ".join(text)])
    assert not is_nearly_same(" ".join(halved), [" ".join(text)])
