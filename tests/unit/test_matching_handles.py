"""Handles: one form for each network, and clear refusals."""

import pytest

from api.domain.handles import normalise_handle
from api.domain.platform import Platform
from api.errors import Refusal

GOOD = [
    (Platform.X, "dinas", "dinas"),
    (Platform.X, "@Dinas_2026", "dinas_2026"),
    (Platform.X, "  dinas ", "dinas"),
    (Platform.X, "fifteen_letters", "fifteen_letters"),
    (Platform.INSTAGRAM, "@Dinas.Kesehatan", "dinas.kesehatan"),
    (Platform.FACEBOOK, "dinas.kesehatan", "dinas.kesehatan"),
    (Platform.FACEBOOK, "100064000000001", "100064000000001"),
    (Platform.BLUESKY, "@Dinas.bsky.social", "dinas.bsky.social"),
    (Platform.MASTODON, "@dinas@mastodon.example", "dinas@mastodon.example"),
]
BAD = [
    (Platform.X, ""),
    (Platform.X, "@"),
    (Platform.X, "@@dinas"),
    (Platform.X, "sixteen_letters_"),
    (Platform.X, "dinas.kesehatan"),
    (Platform.X, "dinas-kesehatan"),
    (Platform.X, "x.com/dinas"),
    (Platform.INSTAGRAM, ".dinas"),
    (Platform.INSTAGRAM, "dinas."),
    (Platform.INSTAGRAM, "di..nas"),
    (Platform.INSTAGRAM, "d" * 31),
    (Platform.FACEBOOK, "abcd"),
    (Platform.BLUESKY, "dinas"),
    (Platform.BLUESKY, "-dinas.bsky.social"),
    (Platform.BLUESKY, f"{'a.' * 200}social"),
    (Platform.MASTODON, "dinas"),
    (Platform.MASTODON, "dinas@localhost"),
]


@pytest.mark.parametrize(("platform", "text", "handle"), GOOD)
def test_a_handle_is_kept_in_one_form(platform, text, handle):
    assert normalise_handle(platform, text) == handle


@pytest.mark.parametrize(("platform", "text"), BAD)
def test_a_text_of_another_shape_is_refused(platform, text):
    with pytest.raises(Refusal) as refused:
        normalise_handle(platform, text, field=("handle",))

    assert (refused.value.code, refused.value.problems[0].field) == ("INVALID_HANDLE", ("handle",))


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("https://x.com/dinas", "address"),
        ("javascript:alert(1)", "address"),
        ("dinas kesehatan", "spaces"),
        ("dinas\tx", "spaces"),
        ("dinas\u00a0x", "spaces"),
        ("dinas\U0001f600", "emoji"),
        ("d\u0456nas", "alike"),
        ("\uff44inas", "alike"),
        ("dinas\u212a", "alike"),
        ("dinas\u200b", "alike"),
    ],
)
@pytest.mark.parametrize("platform", list(Platform))
def test_the_sentence_says_what_is_wrong_and_repeats_nothing(platform, text, word):
    with pytest.raises(Refusal) as refused:
        normalise_handle(platform, text)

    assert word in refused.value.message
    assert text not in refused.value.message
