"""Signed texts: whatever is changed in one, it is no longer ours."""

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest
from cryptography.exceptions import InvalidTag
from hypothesis import given
from hypothesis import strategies as st

from api.models.safe import address_safe, file_safe
from api.models.tickets import Reply, Ticket, TicketOffice
from api.settings import Secrets

SECRETS = Secrets(
    encryption_keys=("11" * 32,),
    index_key="22" * 32,
    cursor_keys=("33" * 32,),
    resharer_key="44" * 32,
)
OFFICE = TicketOffice(SECRETS)
TICKET = Ticket(UUID(int=1), UUID(int=2), b"12345678")
REPLY = Reply(UUID(int=1), UUID(int=2), 3, datetime(2027, 1, 1, tzinfo=UTC))
PRINTABLE = st.characters(min_codepoint=33, max_codepoint=126)


def test_what_was_signed_is_read_back() -> None:
    assert OFFICE.read_ticket(OFFICE.ticket(TICKET)) == TICKET
    assert OFFICE.read_reply(OFFICE.reply_token(REPLY)) == REPLY


@given(data=st.data(), sign=PRINTABLE)
def test_one_changed_character_makes_either_worthless(data: st.DataObject, sign: str) -> None:
    for text, read in (
        (OFFICE.ticket(TICKET), OFFICE.read_ticket),
        (OFFICE.reply_token(REPLY), OFFICE.read_reply),
    ):
        at = data.draw(st.integers(0, len(text) - 1))
        if text[at] != sign:
            assert read(text[:at] + sign + text[at + 1 :]) is None


@given(st.text(max_size=500))
def test_any_other_text_is_nothing(text: str) -> None:
    assert OFFICE.read_ticket(text) is None
    assert OFFICE.read_reply(text) is None


def test_a_ticket_is_no_reply_and_a_reply_no_ticket() -> None:
    assert OFFICE.read_ticket(OFFICE.reply_token(REPLY)) is None
    assert OFFICE.read_reply(OFFICE.ticket(TICKET)) is None


def test_after_a_rotation_old_texts_still_hold_and_another_deployments_never() -> None:
    rotated = TicketOffice(replace(SECRETS, encryption_keys=("55" * 32, "11" * 32)))
    foreign = TicketOffice(replace(SECRETS, encryption_keys=("55" * 32,)))

    assert rotated.read_ticket(OFFICE.ticket(TICKET)) == TICKET
    assert rotated.read_reply(OFFICE.reply_token(REPLY)) == REPLY
    assert [key["kid"] for key in rotated.public_keys()] == ["2", "1"]
    assert foreign.read_ticket(OFFICE.ticket(TICKET)) is None
    assert OFFICE.read_ticket(rotated.ticket(TICKET)) is None


def test_a_sealed_value_opens_only_in_its_own_place_and_for_its_own_purpose() -> None:
    sealed = address_safe(SECRETS).seal("asn:1", b"ani@contoh.invalid")

    assert address_safe(SECRETS).open("asn:1", sealed) == b"ani@contoh.invalid"
    for safe, place in ((address_safe(SECRETS), "asn:2"), (file_safe(SECRETS), "asn:1")):
        with pytest.raises(InvalidTag):
            safe.open(place, sealed)
