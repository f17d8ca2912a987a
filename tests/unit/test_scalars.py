"""DateTime, URL, BigInt and global ids at their edges."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.errors import BadUserInput
from api.schema.identity import NOWHERE, decode_id, encode_id, uuid_of
from api.schema.scalars import (
    MalformedUrl,
    read_big_int,
    read_date_time,
    read_url,
    write_date_time,
)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("2026-11-23T09:00:00+07:00", "2026-11-23T02:00:00Z"),
        ("2026-11-23T09:00:00Z", "2026-11-23T09:00:00Z"),
        ("2026-11-23t09:00:00.5z", "2026-11-23T09:00:00.500000Z"),
        ("2026-11-23T09:00:00.123456789-00:30", "2026-11-23T09:30:00.123456Z"),
    ],
)
def test_a_moment_is_shown_in_utc(text: str, shown: str) -> None:
    assert write_date_time(read_date_time(text)) == shown


@pytest.mark.parametrize(
    "value",
    [
        "yesterday",
        "2026-11-23",
        "2026-11-23T09:00:00",
        "2026-11-23 09:00:00Z",
        "2026-02-30T09:00:00Z",
        "2026-11-23T24:00:01Z",
        "99999-01-01T00:00:00Z",
        "0001-01-01T00:00:00+07:00",
        "9999-12-31T23:59:59-07:00",
        "2026-11-23T09:00:00+25:00",
        "20261123T090000Z",
        "2026-W47-1T09:00:00Z",
        "\uff12\uff10\uff12\uff16-11-23T09:00:00Z",
        "",
        5,
        None,
        True,
    ],
)
def test_a_moment_without_a_form_or_an_offset_is_refused(value: object) -> None:
    with pytest.raises(BadUserInput, match="RFC 3339"):
        read_date_time(value)


def test_a_moment_without_an_offset_is_never_shown() -> None:
    with pytest.raises(ValueError, match="offset"):
        write_date_time(datetime(2026, 1, 1))  # noqa: DTZ001


@given(st.datetimes(timezones=st.just(UTC)))
def test_every_moment_survives_its_text(at: datetime) -> None:
    assert read_date_time(write_date_time(at)) == at


@pytest.mark.parametrize("value", [0, -1, 2**63 - 1, "0", "-5", "9223372036854775807"])
def test_big_integers_are_read_from_both_forms(value: object) -> None:
    assert read_big_int(value) == int(str(value))


@pytest.mark.parametrize(
    "value", [2**63, "9223372036854775808", True, 1.0, "1e5", "1_0", "", "\u0661", None]
)
def test_anything_else_is_no_big_integer(value: object) -> None:
    with pytest.raises(BadUserInput, match="BigInt"):
        read_big_int(value)


@pytest.mark.parametrize(
    "text", ["https://example.go.id", "https://example.go.id:8443/a?b=c#d", "https://x.com/a/1"]
)
def test_absolute_https_addresses_are_urls(text: str) -> None:
    assert not isinstance(read_url(text), MalformedUrl)


@pytest.mark.parametrize(
    "text",
    [
        "http://example.go.id",
        "javascript:alert(1)",
        "//example.go.id/a",
        "/a",
        "https:///a",
        "https://",
        "https://user:secret@example.go.id/",
        "https://example.go.id\\@evil.example/",
        "https://exa mple.go.id/",
        "https://example.go.id/\u202e",
        "https://[::1",
        "https://example.go.id:99999/",
        "",
    ],
)
def test_other_text_is_kept_as_a_malformed_url(text: str) -> None:
    assert isinstance(read_url(text), MalformedUrl)


@pytest.mark.parametrize("value", [5, None, "https://a.example/" + "x" * 2_048])
def test_what_cannot_be_a_url_at_all_is_refused(value: object) -> None:
    with pytest.raises(BadUserInput):
        read_url(value)


@given(st.uuids())
def test_an_id_comes_back(uuid: UUID) -> None:
    assert uuid_of(encode_id("Asn", uuid), "Asn") == uuid
    assert uuid_of(encode_id("Asn", uuid), "Campaign") == NOWHERE


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Asn:1",
        "QXNuOjE=",
        str(UUID(int=1)),
        str(encode_id("Asn", UUID(int=1))).rstrip("="),
        str(encode_id("Asn", UUID(int=1))) + " ",
        str(encode_id("asn", UUID(int=1))),
        str(encode_id("Asn", UUID(int=1))) * 2,
        "é",
        "A" * 10_000,
    ],
)
def test_text_that_is_no_id_is_refused_by_its_argument(text: str) -> None:
    with pytest.raises(BadUserInput) as caught:
        decode_id(text, "asnId")
    assert caught.value.argument == "asnId"
