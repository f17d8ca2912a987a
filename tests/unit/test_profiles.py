import pytest

from api.domain.platform import Platform
from api.domain.profiles import check_platform_user_id, profile_url
from api.errors import Refusal


@pytest.mark.parametrize(
    ("platform", "handle", "url"),
    [
        (Platform.X, "contoh", "https://x.com/contoh"),
        (Platform.INSTAGRAM, "contoh.ig", "https://www.instagram.com/contoh.ig"),
        (Platform.FACEBOOK, "contoh.fb", "https://www.facebook.com/contoh.fb"),
        (Platform.BLUESKY, "contoh.example", "https://bsky.app/profile/contoh.example"),
        (Platform.MASTODON, "contoh@example.org", "https://example.org/@contoh"),
    ],
)
def test_a_profile_has_one_address(platform, handle, url):
    assert profile_url(platform, handle) == url


@pytest.mark.parametrize(
    ("platform", "account_ref"),
    [
        (Platform.X, "1261733118604256320"),
        (Platform.X, "407"),
        (Platform.BLUESKY, "did:plc:ewvi7nxzyoun6zhxrhs64oiz"),
        (Platform.MASTODON, "https://example.org/users/contoh"),
    ],
)
def test_an_id_of_the_network_is_taken_as_it_is(platform, account_ref):
    assert check_platform_user_id(platform, account_ref) == account_ref


@pytest.mark.parametrize(
    ("platform", "account_ref"),
    [
        (Platform.X, "=1+1"),
        (Platform.X, "0407"),
        (Platform.X, "\u0664\u0660\u0667"),
        (Platform.X, "contoh"),
        (Platform.INSTAGRAM, "-5"),
        (Platform.BLUESKY, "contoh.example"),
        (Platform.MASTODON, "@contoh"),
    ],
)
def test_anything_else_is_refused_and_not_repeated(platform, account_ref):
    with pytest.raises(Refusal) as refused:
        check_platform_user_id(platform, account_ref, field=["platform_user_id"])

    assert refused.value.code == "INVALID"
    assert refused.value.problems[0].field == ("platform_user_id",)
    assert account_ref not in refused.value.message
