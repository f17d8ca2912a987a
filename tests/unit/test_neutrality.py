"""Blocked phrases in the spellings that people try, and the checklist."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.domain.neutrality import (
    STATEMENTS,
    BlockedPhrase,
    ChecklistItem,
    Effect,
    check_answers,
    check_texts,
    find,
    normalise,
)

VOTE = BlockedPhrase("pilih paslon")
SUPPORT = BlockedPhrase("dukung partai")
NUMBER = BlockedPhrase("coblos nomor 1")
WARNED = BlockedPhrase("hasil kerja", Effect.WARN)
LIST = [VOTE, SUPPORT, NUMBER, WARNED]


@pytest.mark.parametrize(
    "text",
    [
        "pilih paslon",
        "Ayo PILIH Paslon itu!",
        "pilih \t\n  paslon",
        "piiiiliiiih paslooon",
        "p\u200bi\u200dlih\ufeff pas\u00adlon",
        "pilih\u200bpaslon",
        "\uff50\uff49\uff4c\uff49\uff48 \uff50\uff41\uff53\uff4c\uff4f\uff4e",
        "pi\u0336lih pa\u0301slon",
        "p\u00edlih paslon",
        "memilih paslon",
        "Dipilihnya paslonnya",
        "pilihlah paslon",
        "pemilih paslon",
        "#PilihPaslon",
        "pilih-paslon",
        "pilih_paslon",
        "pilih, paslon",
    ],
)
def test_a_phrase_is_found_however_it_is_written(text):
    assert find(text, LIST) == [VOTE]


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ("menulis surat", "tulis surat"),
        ("penyapu jalan", "sapu jalan"),
        ("mengirimkan uang", "kirim uang"),
        ("memperkenalkan calon", "kenal calon"),
        ("masukkan nama", "masuk nama"),
        ("kemenangannya pasti", "menang pasti"),
        ("menangkan dia", "kemenangan dia"),
        ("berrasa lega", "rasa lega"),
    ],
)
def test_common_affixes_do_not_hide_a_word(text, phrase):
    assert find(text, [BlockedPhrase(phrase)])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "pilih menu sehat",
        "paslon pilih",
        "pilih satu paslon",
        "coblos nomor 11",
        "partai dukung",
        "program imunisasi anak di puskesmas",
        "saat ini maaf tunggu",
    ],
)
def test_phrases_are_more_than_their_words(text):
    assert find(text, [VOTE, SUPPORT, NUMBER]) == []


def test_repeated_digits_are_another_number():
    eleven = BlockedPhrase("coblos nomor 11")

    assert find("coblos nomor 11", [NUMBER, eleven]) == [eleven]


@pytest.mark.parametrize("phrase", ["", " ", "\u200b", "!!!"])
def test_an_empty_phrase_finds_nothing(phrase):
    assert find("pilih paslon", [BlockedPhrase(phrase)]) == []


def test_findings_keep_the_order_of_the_list():
    assert find("hasil kerja: dukung partai, pilih paslon", LIST) == [VOTE, SUPPORT, WARNED]


def test_only_blocking_phrases_are_problems_and_each_names_its_field():
    texts = {("title",): "Hasil kerja", ("posts", "0", "text"): "ayo memilih paslon"}

    problems = check_texts(texts, LIST)

    assert [(p.code, p.field) for p in problems] == [("BLOCKED_PHRASE", ("posts", "0", "text"))]


letters = st.text(st.characters(codec="utf-8", exclude_characters="\u0130"), max_size=30)


@given(letters)
def test_normalising_twice_changes_nothing(text):
    assert normalise(normalise(text)) == normalise(text)


words = st.lists(st.text("aeiklmnoprstu", min_size=1, max_size=8), min_size=1, max_size=4)
noise = st.sampled_from(["", "\u200b", "\u0301", "\u00ad"])


@given(words, noise, st.integers(1, 4))
def test_every_phrase_is_found_in_a_disguise_of_itself(phrase, mark, times):
    disguised = "  ".join("".join(c * times + mark for c in word) for word in phrase)

    assert find(f"Yth. {disguised.upper()} !", [BlockedPhrase(" ".join(phrase))])


def test_a_list_without_a_no_passes():
    assert check_answers(dict.fromkeys(ChecklistItem, True)) == []


@pytest.mark.parametrize("item", ChecklistItem)
def test_one_no_or_one_silence_blocks(item):
    answers = dict.fromkeys(ChecklistItem, True)
    silent = {key: answer for key, answer in answers.items() if key is not item}

    for given_answers in ({**answers, item: False}, silent):
        problems = check_answers(given_answers, {item: "thatField"})
        assert [(p.code, p.field) for p in problems] == [("INVALID", ("thatField",))]
        assert STATEMENTS[item] in problems[0].message
