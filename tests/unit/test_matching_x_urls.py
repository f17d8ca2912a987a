"""Addresses of posts on X: which id they name, or why they are refused."""

import pytest

from api.domain.matching import NeedsRedirect, PostRef, Reason, Refused, parse_post_url
from api.domain.platform import Platform

ID = "1440000000000000001"
CANONICAL = f"https://x.com/i/web/status/{ID}"

HOSTS = [
    prefix + host for host in ("x.com", "twitter.com") for prefix in ("", "www.", "m.", "mobile.")
]
PATHS = [
    f"/kementerian/status/{ID}",
    f"/i/web/status/{ID}",
    f"/statuses/{ID}",
    f"/kementerian/status/{ID}/photo/1",
    f"/kementerian/status/{ID}/video/2",
]
VARIANTS = [
    f"https://x.com/kementerian/status/{ID}/",
    f"https://x.com/kementerian/status/{ID}?s=20",
    f"https://x.com/kementerian/status/{ID}?t=AbC-dEf_1&s=19",
    f"https://x.com/kementerian/status/{ID}?utm_source=wa&utm_medium=x&fbclid=abc&igsh=1",
    f"https://x.com/kementerian/status/{ID}#reply",
    f"https://x.com/kementerian/status/{ID}?s=20#fragment@here:80",
    f"https://x.com/kementerian/status/{ID}?next=https://evil.example/",
    f"https://x.com/kementerian/status/{ID}?",
    f"https://x.com/kementerian/status/{ID}/photo/1/",
    f"https://x.com/kementerian/status/{ID}/photo/12?s=20",
    f"https://x.com/KEMENTERIAN/status/{ID}",
    f"https://x.com/a/status/{ID}",
    f"https://x.com/_kantor_2026/status/{ID}",
    f"https://x.com/fifteen_letters/status/{ID}",
    f"https://x.com/i/status/{ID}",
    f"https://x.com/i/web/status/{ID}/",
    f"https://X.COM/kementerian/status/{ID}",
    f"HTTPS://Twitter.Com/kementerian/status/{ID}",
    f"https://Mobile.Twitter.com/kementerian/status/{ID}?s=09",
    f"  https://x.com/kementerian/status/{ID}  ",
    f"https://x.com/kementerian/status/{ID}\n",
]


@pytest.mark.parametrize("host", HOSTS)
@pytest.mark.parametrize("path", PATHS)
def test_each_host_and_form_leads_to_one_canonical_post(host, path):
    post = parse_post_url(f"https://{host}{path}")

    assert isinstance(post, PostRef)
    assert (post.platform, post.id, post.url) == (Platform.X, ID, CANONICAL)


@pytest.mark.parametrize("url", VARIANTS)
def test_decoration_changes_nothing(url):
    post = parse_post_url(url)

    assert isinstance(post, PostRef)
    assert (post.id, post.url) == (ID, CANONICAL)


@pytest.mark.parametrize("native_id", ["1", "20", "9223372036854775807", "9999999999999999999"])
def test_ids_have_one_to_nineteen_digits(native_id):
    post = parse_post_url(f"https://x.com/kementerian/status/{native_id}")

    assert isinstance(post, PostRef)
    assert post.id == native_id


@pytest.mark.parametrize(
    ("path", "author"),
    [
        (f"/Kementerian/status/{ID}", "Kementerian"),
        (f"/i/status/{ID}", None),
        (f"/i/web/status/{ID}", None),
    ],
)
def test_the_author_is_known_where_the_address_says_it(path, author):
    post = parse_post_url(f"https://x.com{path}")

    assert isinstance(post, PostRef)
    assert post.author == author


@pytest.mark.parametrize(
    ("url", "link"),
    [
        ("https://t.co/AbC123xyz0", "https://t.co/AbC123xyz0"),
        ("https://t.co/AbC123xyz0?amp=1", "https://t.co/AbC123xyz0"),
        ("https://T.CO/AbC123xyz0/", "https://t.co/AbC123xyz0"),
    ],
)
def test_a_short_link_needs_its_redirect(url, link):
    assert parse_post_url(url) == NeedsRedirect(Platform.X, link)


REFUSED = [
    ("", Reason.MALFORMED),
    (" ", Reason.MALFORMED),
    ("kementerian", Reason.MALFORMED),
    (f"x.com/kementerian/status/{ID}", Reason.MALFORMED),
    (f"//x.com/kementerian/status/{ID}", Reason.MALFORMED),
    (f"https:/x.com/kementerian/status/{ID}", Reason.MALFORMED),
    (f"https:x.com/kementerian/status/{ID}", Reason.MALFORMED),
    (f"https:///x.com/kementerian/status/{ID}", Reason.MALFORMED),
    (f"https:\\\\x.com\\kementerian\\status\\{ID}", Reason.MALFORMED),
    (f"https://x.com\\@evil.example/kementerian/status/{ID}", Reason.MALFORMED),
    (f"https://x.com/kemen terian/status/{ID}", Reason.MALFORMED),
    (f"https://x.com/kementerian/status/{ID}\tevil", Reason.MALFORMED),
    (f"https://x.\ncom/kementerian/status/{ID}", Reason.MALFORMED),
    (f"https://x.com/kementerian/status/{ID}\u202e", Reason.MALFORMED),
    (f"https://x\u200b.com/kementerian/status/{ID}", Reason.MALFORMED),
    (f"https://x.com./kementerian/status/{ID}", Reason.MALFORMED),
    (f"https://.x.com/kementerian/status/{ID}", Reason.MALFORMED),
    (f"https://x..com/kementerian/status/{ID}", Reason.MALFORMED),
    (f"https://x%2ecom/kementerian/status/{ID}", Reason.MALFORMED),
    (f"https://com/kementerian/status/{ID}", Reason.MALFORMED),
    (f"https://x.com/kementerian/status/{ID}?{'a' * 2048}", Reason.MALFORMED),
    (f"http://x.com/kementerian/status/{ID}", Reason.NOT_HTTPS),
    (f"HTTP://twitter.com/kementerian/status/{ID}", Reason.NOT_HTTPS),
    (f"ftp://x.com/kementerian/status/{ID}", Reason.NOT_HTTPS),
    (f"file://x.com/kementerian/status/{ID}", Reason.NOT_HTTPS),
    (f"javascript://x.com/%0aalert({ID})", Reason.NOT_HTTPS),
    ("javascript:alert(1)", Reason.NOT_HTTPS),
    ("JaVaScRiPt:alert(1)", Reason.NOT_HTTPS),
    ("data:text/html,hello", Reason.NOT_HTTPS),
    ("mailto:kantor@example.test", Reason.NOT_HTTPS),
    (f"twitter://status?id={ID}", Reason.NOT_HTTPS),
    (f"https://kantor@x.com/kementerian/status/{ID}", Reason.USER_INFO),
    (f"https://kantor:rahasia@x.com/kementerian/status/{ID}", Reason.USER_INFO),
    (f"https://x.com@evil.example/kementerian/status/{ID}", Reason.USER_INFO),
    (f"https://x.com:443@evil.example/kementerian/status/{ID}", Reason.USER_INFO),
    (f"https://@x.com/kementerian/status/{ID}", Reason.USER_INFO),
    (f"https://x.com:443/kementerian/status/{ID}", Reason.PORT),
    (f"https://x.com:8443/kementerian/status/{ID}", Reason.PORT),
    (f"https://x.com:/kementerian/status/{ID}", Reason.PORT),
    (f"https://x.com:abc/kementerian/status/{ID}", Reason.PORT),
    (f"https://127.0.0.1/kementerian/status/{ID}", Reason.PRIVATE_ADDRESS),
    (f"https://127.0.0.1:8000/kementerian/status/{ID}", Reason.PRIVATE_ADDRESS),
    (f"https://10.0.0.7/kementerian/status/{ID}", Reason.PRIVATE_ADDRESS),
    (f"https://192.168.1.1/kementerian/status/{ID}", Reason.PRIVATE_ADDRESS),
    (f"https://169.254.169.254/kementerian/status/{ID}", Reason.PRIVATE_ADDRESS),
    (f"https://8.8.8.8/kementerian/status/{ID}", Reason.PRIVATE_ADDRESS),
    (f"https://2130706433/kementerian/status/{ID}", Reason.PRIVATE_ADDRESS),
    (f"https://0x7f000001/kementerian/status/{ID}", Reason.PRIVATE_ADDRESS),
    (f"https://0177.0.0.1/kementerian/status/{ID}", Reason.PRIVATE_ADDRESS),
    (f"https://127.1/kementerian/status/{ID}", Reason.PRIVATE_ADDRESS),
    (f"https://[::1]/kementerian/status/{ID}", Reason.PRIVATE_ADDRESS),
    (f"https://[fe80::1]:443/kementerian/status/{ID}", Reason.PRIVATE_ADDRESS),
    (f"https://[::ffff:127.0.0.1]/kementerian/status/{ID}", Reason.PRIVATE_ADDRESS),
    (f"https://localhost/kementerian/status/{ID}", Reason.PRIVATE_ADDRESS),
    (f"https://LOCALHOST:8000/kementerian/status/{ID}", Reason.PRIVATE_ADDRESS),
    (f"https://localhost./kementerian/status/{ID}", Reason.PRIVATE_ADDRESS),
    (f"https://x.com.localhost/kementerian/status/{ID}", Reason.PRIVATE_ADDRESS),
    (f"https://intranet.local/kementerian/status/{ID}", Reason.PRIVATE_ADDRESS),
    (f"https://metadata.internal/kementerian/status/{ID}", Reason.PRIVATE_ADDRESS),
    (f"https://x.com.evil.example/kementerian/status/{ID}", Reason.LOOK_ALIKE_HOST),
    (f"https://x.com-masuk.example/kementerian/status/{ID}", Reason.LOOK_ALIKE_HOST),
    (f"https://masuk-x.com/kementerian/status/{ID}", Reason.LOOK_ALIKE_HOST),
    (f"https://twitter.com.evil.example/kementerian/status/{ID}", Reason.LOOK_ALIKE_HOST),
    (f"https://twitter.co/kementerian/status/{ID}", Reason.LOOK_ALIKE_HOST),
    (f"https://twitterr.com/kementerian/status/{ID}", Reason.LOOK_ALIKE_HOST),
    (f"https://my-twitter.com/kementerian/status/{ID}", Reason.LOOK_ALIKE_HOST),
    (f"https://api.twitter.com/kementerian/status/{ID}", Reason.LOOK_ALIKE_HOST),
    (f"https://\u0445.com/kementerian/status/{ID}", Reason.LOOK_ALIKE_HOST),
    (f"https://\uff58.com/kementerian/status/{ID}", Reason.LOOK_ALIKE_HOST),
    (f"https://tw\u0456tter.com/kementerian/status/{ID}", Reason.LOOK_ALIKE_HOST),
    (f"https://x\u3002com/kementerian/status/{ID}", Reason.LOOK_ALIKE_HOST),
    (f"https://xn--h1a.com/kementerian/status/{ID}", Reason.LOOK_ALIKE_HOST),
    (f"https://nitter.example/kementerian/status/{ID}", Reason.UNKNOWN_HOST),
    (f"https://example.com/kementerian/status/{ID}", Reason.UNKNOWN_HOST),
    (f"https://api.x.com/2/tweets/{ID}", Reason.UNKNOWN_HOST),
    (f"https://evil.x.com/kementerian/status/{ID}", Reason.UNKNOWN_HOST),
    (f"https://xx.com/kementerian/status/{ID}", Reason.UNKNOWN_HOST),
    ("https://x.com", Reason.NOT_A_POST),
    ("https://x.com/", Reason.NOT_A_POST),
    ("https://x.com/kementerian", Reason.NOT_A_POST),
    ("https://x.com/kementerian/status", Reason.NOT_A_POST),
    ("https://x.com/kementerian/status/", Reason.NOT_A_POST),
    (f"https://x.com/status/{ID}", Reason.NOT_A_POST),
    (f"https://x.com/{ID}", Reason.NOT_A_POST),
    (f"https://x.com//status/{ID}", Reason.NOT_A_POST),
    (f"https://x.com/kementerian//status/{ID}", Reason.NOT_A_POST),
    (f"https://x.com/kementerian/status/{ID}//", Reason.NOT_A_POST),
    (f"https://x.com/kementerian/status/{ID}/analytics", Reason.NOT_A_POST),
    (f"https://x.com/kementerian/status/{ID}/retweets", Reason.NOT_A_POST),
    (f"https://x.com/kementerian/status/{ID}/photo", Reason.NOT_A_POST),
    (f"https://x.com/kementerian/status/{ID}/photo/x", Reason.NOT_A_POST),
    (f"https://x.com/kementerian/likes/{ID}", Reason.NOT_A_POST),
    (f"https://x.com/i/spaces/{ID}", Reason.NOT_A_POST),
    (f"https://x.com/i/lists/{ID}", Reason.NOT_A_POST),
    (f"https://x.com/sixteen_letters_/status/{ID}", Reason.NOT_A_POST),
    (f"https://x.com/kantor-pusat/status/{ID}", Reason.NOT_A_POST),
    (f"https://x.com/k\u00e9mentrian/status/{ID}", Reason.NOT_A_POST),
    (f"https://x.com/kementerian/../status/{ID}", Reason.NOT_A_POST),
    (f"https://x.com/%6bementerian/status/{ID}", Reason.NOT_A_POST),
    (f"https://x.com/#!/kementerian/status/{ID}", Reason.NOT_A_POST),
    (f"https://x.com/?url=/kementerian/status/{ID}", Reason.NOT_A_POST),
    (f"https://x.com/intent/retweet?tweet_id={ID}", Reason.NOT_A_POST),
    ("https://t.co/", Reason.NOT_A_POST),
    ("https://t.co/abc/def", Reason.NOT_A_POST),
    ("https://t.co/../x", Reason.NOT_A_POST),
    ("https://x.com/kementerian/status/abc", Reason.BAD_ID),
    ("https://x.com/kementerian/status/12345678901234567890", Reason.BAD_ID),
    (f"https://x.com/kementerian/status/{ID}a", Reason.BAD_ID),
    (f"https://x.com/kementerian/status/-{ID[1:]}", Reason.BAD_ID),
    (f"https://x.com/kementerian/status/{ID};x", Reason.BAD_ID),
    (f"https://x.com/kementerian/status/{ID}%00", Reason.BAD_ID),
    ("https://x.com/kementerian/status/%31", Reason.BAD_ID),
    ("https://x.com/kementerian/status/0", Reason.BAD_ID),
    ("https://x.com/kementerian/status/01440000000000001", Reason.BAD_ID),
    ("https://x.com/kementerian/status/\u0661\u0662\u0663", Reason.BAD_ID),
    ("https://x.com/i/web/status/1e9", Reason.BAD_ID),
    ("https://x.com/statuses/1.0", Reason.BAD_ID),
]


@pytest.mark.parametrize(("url", "reason"), REFUSED)
def test_an_address_that_names_no_post_is_refused_with_the_reason(url, reason):
    assert parse_post_url(url) == Refused(reason)
