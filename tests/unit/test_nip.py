"""Employee numbers: what is refused, what is only remarked on, what is never shown."""

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.domain.nip import EmploymentKind, InvalidNip, NipWarning, mask, parse
from api.errors import Invalid, Refusal

PNS, PPPK = EmploymentKind.PNS, EmploymentKind.PPPK
GOOD = "198503152010011011"
ARABIC = {ord(str(digit)): chr(0x660 + digit) for digit in range(10)}


def test_a_regular_number_passes_without_a_warning():
    number = parse(GOOD, PNS, on=date(2026, 1, 1))

    assert (number.digits, number.last3, number.warnings) == (GOOD, "011", ())


@pytest.mark.parametrize(
    "text", ["19850315 201001 1 011", "19850315.201001.1.011", " 1985 0315\t2010011011\n"]
)
def test_spaces_and_dots_are_removed(text):
    assert parse(text, PNS).digits == GOOD


@pytest.mark.parametrize(
    "text",
    [
        "",
        GOOD[:-1],
        GOOD + "1",
        GOOD[:-1] + "x",
        "1985-0315-2010-01-1011",
        GOOD.translate(ARABIC),
        GOOD[:14].translate(ARABIC) + GOOD[14:],
        GOOD[:-1] + "²",
    ],
)
def test_anything_but_eighteen_plain_digits_is_refused(text):
    with pytest.raises(InvalidNip) as refusal:
        parse(text, PNS)

    assert refusal.value.code == "INVALID_NIP"
    assert refusal.value.problems[0].code == "INVALID_NIP"


@pytest.mark.parametrize(
    "birth", ["19850230", "19851315", "19850015", "19850300", "00000315", "19990229"]
)
def test_an_impossible_birth_date_is_refused(birth):
    with pytest.raises(InvalidNip, match="birth date"):
        parse(birth + GOOD[8:], PNS)


def test_a_leap_day_is_a_birth_date():
    assert parse("20000229" + "202401" + "2001", PNS).warnings == ()


@pytest.mark.parametrize("sex", list("03456789"))
def test_a_sex_digit_other_than_one_and_two_is_refused(sex):
    with pytest.raises(InvalidNip, match="15th digit"):
        parse(GOOD[:14] + sex + GOOD[15:], PNS)


def message_of(text, kind):
    with pytest.raises(InvalidNip) as refusal:
        parse(text, kind)
    return refusal.value.message


refused = st.text(alphabet="0123456789 .x", max_size=17) | st.from_regex(
    r"[0-9]{4}(1[3-9]|[2-9][0-9])[0-9]{12}", fullmatch=True
)


@given(refused, st.sampled_from(EmploymentKind))
def test_no_message_shows_more_than_three_digits_in_a_row(text, kind):
    assert re.search(r"\d{4}", message_of(text, kind)) is None


def test_a_refusal_masks_the_number_by_stars():
    with pytest.raises(InvalidNip, match=r"\*{15}011") as refusal:
        parse("19851315" + GOOD[8:], PNS)

    assert "2010" not in refusal.value.message


def test_a_number_does_not_show_itself_in_logs():
    assert GOOD not in repr(parse(GOOD, PNS))
    assert "1985" not in str(parse(GOOD, PNS))


def test_the_synthetic_contract_number_passes_without_a_warning():
    assert parse("199001012025241001", PPPK, on=date(2026, 1, 1)).warnings == ()


@pytest.mark.parametrize("code", ["00", "13", "21", "24", "99"])
def test_the_contract_code_of_a_pppk_is_never_judged(code):
    assert parse("19900101" + "2025" + code + "1001", PPPK).warnings == ()


@pytest.mark.parametrize(
    ("digits", "kind", "warning"),
    [
        ("198503152010001011", PNS, NipWarning.MONTH_OUTSIDE_YEAR),
        ("198503152010211011", PNS, NipWarning.KIND_DOUBTFUL),
        ("198503151949011011", PNS, NipWarning.START_YEAR_IMPLAUSIBLE),
        ("198503152013211011", PPPK, NipWarning.START_YEAR_IMPLAUSIBLE),
        ("198503152028011011", PNS, NipWarning.START_YEAR_IMPLAUSIBLE),
        ("198503152001011011", PNS, NipWarning.START_AGE_IMPLAUSIBLE),
        ("192503152010011011", PNS, NipWarning.START_AGE_IMPLAUSIBLE),
        ("202703152010011011", PNS, NipWarning.BORN_IN_FUTURE),
        ("198503152010011000", PNS, NipWarning.SERIAL_ZERO),
    ],
)
def test_oddities_are_warnings_and_no_refusal(digits, kind, warning):
    assert warning in parse(digits, kind, on=date(2026, 6, 1)).warnings


def test_a_start_next_year_is_not_yet_odd():
    assert parse("199503152027011011", PNS, on=date(2026, 12, 1)).warnings == ()


def test_the_mask_is_fifteen_stars_and_three_digits():
    assert mask("011") == "***************011"


def test_a_refusal_belongs_to_the_family_of_user_errors():
    assert issubclass(InvalidNip, Invalid)
    assert issubclass(InvalidNip, Refusal)
