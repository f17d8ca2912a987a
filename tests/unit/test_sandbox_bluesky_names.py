"""Bluesky's names lead back to what they name, and look as the network's do."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.sandbox.naming import bluesky as names
from workers.sandbox.network import Kind
from workers.sandbox.snowflake import Mint
from workers.sandbox.truth import truth
from workers.sandbox.world import WorldSpec, build

EPOCH = 1_795_000_000 // 3_600 * 3_600
SPEC = WorldSpec(
    epoch=EPOCH,
    person_count=60,
    post_count=4,
    citizen_count=200,
    stranger_count=60,
    networks=("x", "bluesky", "mastodon"),
)
MOMENTS = st.integers(min_value=1_577_836_800, max_value=4_000_000_000)


@given(MOMENTS, st.integers(min_value=0, max_value=99))
def test_a_record_key_leads_back_to_its_number(at, seed):
    number = Mint(seed).next_id(at)
    key = names.record_key(number)

    assert re.fullmatch("[2-7a-j][2-7a-z]{12}", key)
    assert names.number_of(key) == number


@given(st.lists(MOMENTS, min_size=2, max_size=8, unique=True))
def test_record_keys_sort_by_time(moments):
    mint = Mint(1)
    keys = [names.record_key(mint.next_id(at)) for at in sorted(moments)]

    assert keys == sorted(keys)


@given(st.text(alphabet="234567abcdefghijklmnopqrstuvwxyz", min_size=13, max_size=13))
def test_a_made_up_key_has_some_number_that_no_post_has(key):
    assert names.number_of(key) not in build(SPEC).x.posts


def test_a_did_leads_to_its_account_and_a_forged_one_to_nobody():
    network = build(SPEC).network("BLUESKY")
    account = next(iter(network.accounts.values()))
    name = names.did(account.id)
    forged = name[:8] + ("a" if name[8] != "a" else "b") + name[9:]

    assert re.fullmatch("did:plc:[2-7a-z]{24}", name)
    assert names.account_named(network, name) is account
    assert names.account_named(network, account.handle.upper()) is account
    assert names.account_named(network, forged) is None


def test_handles_are_domain_names():
    network = build(SPEC).network("BLUESKY")

    assert all(
        re.fullmatch(r"[a-z0-9-]+\.bsky\.contoh\.id", each.handle)
        for each in network.accounts.values()
    )


def test_content_ids_have_the_form_of_hashed_records():
    assert re.fullmatch("bafyrei[2-7a-z]{52}", names.content_id("at://x"))


@pytest.mark.parametrize("platform", ["BLUESKY", "MASTODON"])
def test_every_name_of_a_post_finds_it(platform):
    network = build(SPEC).network(platform)
    posts = [post for post in network.posts.values() if post.kind is not Kind.REPOST][:40]

    for post in posts:
        for name in (
            network.customs.post_id(network, post),
            network.customs.post_url(network, post),
        ):
            assert network.customs.find_post(network, name) is post


@pytest.mark.parametrize("platform", ["X", "BLUESKY", "MASTODON"])
def test_each_network_has_every_post_and_shares_of_its_own(platform):
    posts = [post for post in truth(build(SPEC))["posts"] if post["platform"] == platform]
    shares = [share for post in posts for share in post["shares"]]

    assert len(posts) == SPEC.post_count
    assert len({share["id"] for share in shares}) == len(shares) > 0
    assert {share["kind"] for share in shares} == {"REPOST", "QUOTE"}
    assert {share["isConsenting"] for share in shares} == {True, False}


def test_networks_beside_x_change_nothing_on_x():
    alone = build(WorldSpec(EPOCH, 1, 60, 4, 200, 60))
    posts = [post for post in truth(build(SPEC))["posts"] if post["platform"] == "X"]

    assert truth(alone)["posts"] == posts


@pytest.mark.parametrize("networks", [("bluesky",), ("x", "myspace"), ()])
def test_a_world_has_x_and_only_networks_that_there_are(networks):
    with pytest.raises(ValueError, match="networks must be x"):
        WorldSpec(EPOCH, networks=networks)


def test_some_people_of_mastodon_are_on_another_server_under_other_numbers():
    network = build(SPEC).network("MASTODON")
    addresses = {
        network.customs.post_id(network, post).split("/")[2] for post in network.posts.values()
    }
    remote = next(
        post for post in network.posts.values() if "@" in network.accounts[post.author_id].handle
    )

    assert addresses == {"sosial.contoh.id", "lain.contoh.id"}
    assert str(remote.id) not in network.customs.post_id(network, remote)
