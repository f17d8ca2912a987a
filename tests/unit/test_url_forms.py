"""The table of pasted addresses: each form is one post, one short link, or a refusal that says."""

import pytest
from url_forms import MASTODON_HOSTS, POSTS, REFUSED, SHORT

from api.domain.matching import NeedsRedirect, PostRef, Reason, Refused, parse_post_url
from api.domain.platform import Platform

NAMED = [(url, network, name) for network, forms in POSTS.items() for url, name in forms.items()]
BEHIND = [(url, network, link) for network, forms in SHORT.items() for url, link in forms.items()]
REFUSALS = [(url, reason) for reason, urls in REFUSED.items() for url in urls]


def test_the_table_holds_three_hundred_forms_of_five_networks_and_no_form_twice():
    urls = [url for url, *_ in (*NAMED, *BEHIND, *REFUSALS)]

    assert len(urls) == len(set(urls)) >= 300
    assert set(POSTS) == set(Platform)
    assert set(REFUSED) == set(Reason)
    assert len(NAMED) >= 150


@pytest.mark.parametrize(("url", "network", "native_id"), NAMED)
def test_a_form_names_its_post(url, network, native_id):
    post = parse_post_url(url, mastodon_hosts=MASTODON_HOSTS)

    assert isinstance(post, PostRef)
    assert (post.platform, post.id) == (network, native_id)


@pytest.mark.parametrize(("url", "network", "link"), BEHIND)
def test_a_short_link_is_asked_without_what_was_hung_on_it(url, network, link):
    assert parse_post_url(url, mastodon_hosts=MASTODON_HOSTS) == NeedsRedirect(network, link)


@pytest.mark.parametrize(("url", "reason"), REFUSALS)
def test_a_form_is_refused_with_the_reason(url, reason):
    assert parse_post_url(url, mastodon_hosts=MASTODON_HOSTS) == Refused(reason)
