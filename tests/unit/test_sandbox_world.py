import re
from collections import Counter, defaultdict
from dataclasses import replace
from functools import cache

import pytest

from workers.sandbox.history import MOST_QUOTES, RESHARE_MAXIMUM
from workers.sandbox.network import Kind
from workers.sandbox.people import Consent
from workers.sandbox.snowflake import second_of
from workers.sandbox.truth import truth
from workers.sandbox.world import World, WorldSpec, build

EPOCH = 1_795_000_000 // 3_600 * 3_600
SPEC = WorldSpec(epoch=EPOCH)
DAY = 86_400


@cache
def world(seed: int = 1, is_live: bool = False) -> World:
    return build(replace(SPEC, seed=seed, is_live=is_live))


def shares(of: World) -> list[dict]:
    return [share for post in truth(of)["posts"] for share in post["shares"]]


def test_the_same_seed_and_epoch_give_the_same_world():
    assert truth(build(SPEC)) == truth(world())
    assert build(SPEC).people == world().people


def test_another_seed_gives_another_world():
    assert truth(world(seed=2)) != truth(world())


def test_a_later_epoch_moves_every_time_with_it_and_changes_nothing_else():
    later = build(replace(SPEC, epoch=EPOCH + 7 * DAY + 3_600))

    def story(of: World) -> list[tuple]:
        epoch = of.spec.epoch
        return sorted(
            (second_of(int(each["id"])) - epoch, each["actor"], each["kind"], each["resharers"])
            for each in shares(of)
        )

    assert story(later) == story(world())


def test_every_id_tells_when_its_post_or_account_was_made():
    network = world().x

    assert all(second_of(post.id) == post.at for post in network.posts.values())
    assert all(second_of(each.id) == each.created_at for each in network.accounts.values())
    assert {len(str(each)) for each in (*network.posts, *network.accounts)} == {19}


def test_handles_are_valid_and_unique_in_any_case():
    handles = [account.handle for account in world().x.accounts.values()]

    assert all(re.fullmatch(r"[A-Za-z0-9_]{1,15}", handle) for handle in handles)
    assert len({handle.lower() for handle in handles}) == len(handles)


def test_nothing_happens_at_or_after_the_epoch_unless_the_world_is_live():
    assert all(post.at < EPOCH for post in world().x.posts.values())


def test_a_live_world_has_the_same_past_and_a_scripted_future():
    past = truth(world())
    living = build(replace(SPEC, is_live=True))

    assert truth(living) == past
    living.settle(EPOCH + 60)
    known = {share["id"] for post in past["posts"] for share in post["shares"]}
    arrived = [share for share in shares(living) if share["id"] not in known]
    assert {each["kind"] for each in arrived} >= {"REPOST", "QUOTE"}


def test_program_posts_fill_the_last_twenty_days():
    ages = [EPOCH - second_of(each) for each in world().x.program_post_ids]

    assert len(ages) == 16
    assert ages == sorted(ages, reverse=True)
    assert 17 * DAY < max(ages) <= 20 * DAY
    assert min(ages) < DAY


def test_two_ministries_publish_all_program_posts():
    network = world().x

    assert len({network.posts[each].author_id for each in network.program_post_ids}) == 2


def test_an_account_reposts_a_post_once_and_quotes_it_five_times_at_most():
    living = build(replace(SPEC, is_live=True))
    living.settle(EPOCH + 3 * DAY)
    network = living.x
    reposts = Counter(
        (post.author_id, post.target_id)
        for post in network.posts.values()
        if post.kind is Kind.REPOST and post.removed_at is None
    )
    quotes = Counter(
        (post.author_id, post.target_id)
        for post in network.posts.values()
        if post.kind is Kind.QUOTE
    )

    assert set(reposts.values()) == {1}
    assert max(quotes.values()) == MOST_QUOTES
    assert sum(count > 3 for count in quotes.values()) > 3


def test_only_program_posts_and_quotes_are_passed_on():
    posts = world().x.posts

    assert all(
        posts[post.target_id].kind is not Kind.REPOST
        for post in posts.values()
        if post.target_id is not None
    )


def test_reshares_have_a_heavy_tail_with_an_end():
    counts = [
        len(world(seed).x.every_pass(post.id, Kind.REPOST))
        for seed in range(1, 6)
        for post in world(seed).x.posts.values()
        if post.kind is Kind.QUOTE
    ]

    assert max(counts) <= RESHARE_MAXIMUM
    assert max(counts) > 100
    assert 0.8 < counts.count(0) / len(counts) < 0.93


def test_about_one_reshare_in_ten_comes_from_somebody_who_did_so_before():
    repeats = total = 0
    for seed in range(1, 6):
        network = world(seed).x
        known = defaultdict(set)
        for post in sorted(network.posts.values(), key=lambda each: each.id):
            target = network.posts.get(post.target_id)
            if post.kind is Kind.REPOST and target is not None and target.kind is Kind.QUOTE:
                total += 1
                repeats += post.author_id in known[target.author_id]
                known[target.author_id].add(post.author_id)

    assert 0.05 < repeats / total < 0.17


def test_some_people_reshare_themselves_and_the_truth_leaves_them_out():
    network = world().x
    own = [
        post
        for post in network.posts.values()
        if post.kind is Kind.REPOST
        and network.posts[post.target_id].author_id == post.author_id
        and post.removed_at is None
    ]

    assert own
    assert all(share["actor"] not in share["resharers"] for share in shares(world()))


def test_the_truth_knows_consent_and_hidden_and_vanished_shares():
    found = shares(world())
    consenting = {person.handle for person in world().people if person.consent is Consent.IN_FORCE}

    assert all(share["isConsenting"] == (share["actor"] in consenting) for share in found)
    assert any(share["isRemoved"] and not share["isKnowable"] for share in found)
    assert any(not share["isRemoved"] and not share["isKnowable"] for share in found)
    assert not any(share["isRemoved"] and share["isKnowable"] for share in found)
    assert sum(share["isConsenting"] and share["isKnowable"] for share in found) > 600


def test_the_truth_lists_a_repost_that_was_undone_and_redone_once():
    network = world().x
    redone = [
        (post_id, author_id)
        for post_id in network.program_post_ids
        for author_id, count in Counter(
            each.author_id for each in network.every_pass(post_id, Kind.REPOST)
        ).items()
        if count > 1
    ]
    assert redone

    post_id, author_id = redone[0]
    newest = max(
        each.id for each in network.every_pass(post_id, Kind.REPOST) if each.author_id == author_id
    )
    actor = network.accounts[author_id].handle
    listed = next(post for post in truth(world())["posts"] if post["url"].endswith(str(post_id)))
    mine = [
        each for each in listed["shares"] if each["actor"] == actor and each["kind"] == "REPOST"
    ]
    assert [each["id"] for each in mine] == [str(newest)]
    assert mine[0]["isRemoved"] is False


@pytest.mark.parametrize(
    "change",
    [{"person_count": 0}, {"post_count": 0}, {"citizen_count": 3}, {"epoch": 0}],
)
def test_a_spec_that_gives_no_world_is_refused(change: dict):
    with pytest.raises(ValueError, match="must be between"):
        replace(SPEC, **change)


def test_a_tiny_world_can_be_built():
    tiny = build(WorldSpec(EPOCH, person_count=3, post_count=1, citizen_count=10, stranger_count=0))

    assert len(truth(tiny)["posts"]) == 1
