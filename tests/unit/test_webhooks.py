"""Challenges and signatures of webhooks: the published vectors, and whatever anybody sends."""

import hashlib
import hmac
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.domain.platform import Platform
from api.domain.webhooks import (
    event_key,
    is_signed,
    meta_challenge_response,
    x_challenge_response,
)

SECRET = "gema-test-secret"  # noqa: S105 (a published vector)
X_BODY = b'{"data":{}}'
X_SIGNATURE = "sha256=dCmecpeKhWvNo/Zu+YQ4dP+wm/qh7na1l1USPi4Ra70="
META_BODY = b'{"object":"page","entry":[]}'
META_SIGNATURE = "sha256=3a45dc5f290909ff25cdc52c4e2456af2c900c1ffc57bb2567d7a67a947113dd"
META = [Platform.FACEBOOK, Platform.INSTAGRAM]
# Python escapes DEL too, which is ASCII and which Meta leaves as it is.
WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x7f"), max_size=20)


def signed_by_meta(body):
    return "sha256=" + hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()


def test_x_is_answered_with_the_published_vector():
    answer = x_challenge_response("challenge-1", SECRET)

    assert answer == "sha256=S4AZKL8YM1WgklfhfTmbKK5rhmEHKB2UvELJ+shNodM="


@pytest.mark.parametrize(("token", "secret"), [("", SECRET), ("t" * 1001, SECRET), ("t", "")])
def test_a_challenge_without_token_or_secret_has_no_answer(token, secret):
    assert x_challenge_response(token, secret) is None


def test_the_signatures_of_the_published_vectors_are_accepted():
    assert is_signed(Platform.X, X_BODY, X_SIGNATURE, SECRET)
    for platform in META:
        assert is_signed(platform, META_BODY, META_SIGNATURE, SECRET)


@pytest.mark.parametrize(
    ("platform", "body", "signature"),
    [
        (Platform.X, X_BODY + b" ", X_SIGNATURE),
        (Platform.X, X_BODY, X_SIGNATURE.replace("d", "D", 1)),
        (Platform.X, X_BODY, X_SIGNATURE.removeprefix("sha256=")),
        (Platform.X, X_BODY, ""),
        (Platform.X, X_BODY, None),
        (Platform.X, META_BODY, META_SIGNATURE),
        (Platform.FACEBOOK, META_BODY + b"\n", META_SIGNATURE),
        (Platform.FACEBOOK, META_BODY, META_SIGNATURE.upper()),
        (Platform.FACEBOOK, META_BODY, META_SIGNATURE[:-1]),
        (Platform.BLUESKY, META_BODY, META_SIGNATURE),
        (Platform.MASTODON, META_BODY, META_SIGNATURE),
    ],
)
def test_any_other_signature_is_refused(platform, body, signature):
    assert not is_signed(platform, body, signature, SECRET)


@pytest.mark.parametrize("platform", list(Platform))
def test_without_a_secret_nothing_is_signed(platform):
    signature = "sha256=" + hmac.new(b"", META_BODY, hashlib.sha256).hexdigest()

    assert not is_signed(platform, META_BODY, signature, "")


@pytest.mark.parametrize("platform", META)
@pytest.mark.parametrize("text", ["Café é ñ", "Selamat 🎉", "\u2028"])
def test_meta_may_send_raw_what_it_signed_escaped(platform, text):
    escaped = json.dumps({"note": text}, separators=(",", ":")).encode()
    raw = json.dumps({"note": text}, separators=(",", ":"), ensure_ascii=False).encode()

    assert is_signed(platform, escaped, signed_by_meta(escaped), SECRET)
    assert is_signed(platform, raw, signed_by_meta(escaped), SECRET)
    assert is_signed(platform, raw, signed_by_meta(raw), SECRET)


def test_only_the_lowercase_escape_stands_for_a_character():
    raw, shouted = '{"note":"é"}'.encode(), b'{"note":"\\u00E9"}'

    assert not is_signed(Platform.FACEBOOK, raw, signed_by_meta(shouted), SECRET)


@pytest.mark.parametrize(
    ("mode", "token", "challenge", "expected", "answer"),
    [
        ("subscribe", "ours", "1158201444", "ours", "1158201444"),
        ("subscribe", "theirs", "1158201444", "ours", None),
        ("unsubscribe", "ours", "1158201444", "ours", None),
        ("subscribe", "", "1158201444", "", None),
        ("subscribe", "ours", "", "ours", None),
        ("subscribe", "ours", "c" * 1001, "ours", None),
    ],
)
def test_meta_reads_its_challenge_back_only_with_our_token(
    mode, token, challenge, expected, answer
):
    assert meta_challenge_response(mode, token, challenge, expected) == answer


def test_a_replayed_body_has_the_same_key():
    assert event_key(X_BODY) == event_key(bytes(X_BODY)) != event_key(META_BODY)


@given(st.sampled_from(list(Platform)), st.binary(max_size=300), st.text(max_size=120))
def test_no_body_and_no_signature_breaks_the_check(platform, body, signature):
    assert is_signed(platform, body, signature, SECRET) is False


@given(st.binary(max_size=300))
def test_what_meta_signed_is_accepted_whatever_it_says(body):
    assert is_signed(Platform.FACEBOOK, body, signed_by_meta(body), SECRET)


@given(st.dictionaries(WORDS, WORDS, max_size=4))
def test_both_forms_of_any_json_are_accepted(content):
    escaped = json.dumps(content).encode()
    raw = json.dumps(content, ensure_ascii=False).encode("utf-8")

    assert is_signed(Platform.INSTAGRAM, raw, signed_by_meta(escaped), SECRET)


@given(st.text(max_size=1200), st.text(max_size=40))
def test_no_token_breaks_the_answer_to_a_challenge(token, secret):
    x_challenge_response(token, secret)
    meta_challenge_response("subscribe", token, token, secret)
