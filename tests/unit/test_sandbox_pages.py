from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.sandbox.faults import Faults
from workers.sandbox.network import Kind, Listing, Post
from workers.sandbox.x.pages import Pager
from workers.sandbox.x.problems import BadRequest

PATH = "/x/2/tweets/1/retweets"


def listing(ids: list[int], hidden: list[int] = []) -> Listing:  # noqa: B006 (never changed)
    def posts(numbers: list[int]) -> tuple[Post, ...]:
        newest_first = sorted(numbers, reverse=True)
        return tuple(Post(each, 5, each, Kind.REPOST, 1, "") for each in newest_first)

    return Listing(posts(ids), posts(hidden), tuple(-post.id for post in posts(ids)))


def pager(seed: int = 1, name: str = "REPOST:1", **probabilities: float) -> Pager:
    faults = Faults(seed)
    for fault, probability in probabilities.items():
        faults.switch({"name": fault, "probability": probability})
    return Pager(faults, seed, PATH, name)


def swept(pages: Pager, of: Listing, limit: int) -> list[list[int]]:
    found, token = [], None
    while True:
        page = pages.page(of, limit, token)
        found.append([post.id for post in page.items])
        assert len(page.items) <= limit
        assert len(found) <= 3 * len(of.shown) + 3, "a sweep must come to an end"
        token = page.next_token
        if token is None:
            return found


troubles = st.fixed_dictionaries(
    {
        name: st.sampled_from((0.0, 0.4, 1.0))
        for name in ("short_pages", "empty_pages", "duplicates")
    }
)


@given(
    st.sets(st.integers(2, 10**18), max_size=60), st.integers(1, 20), st.integers(0, 99), troubles
)
def test_a_sweep_finds_every_post_whatever_the_troubles(ids, limit, seed, probabilities):
    found = swept(pager(seed, **probabilities), listing(list(ids)), limit)

    assert {each for page in found for each in page} == ids


@given(
    st.sets(st.integers(2, 10**6), min_size=8, max_size=60), st.sets(st.integers(10**6 + 1, 10**7))
)
def test_posts_that_arrive_during_a_sweep_hide_none_that_was_there(ids, arriving):
    pages = pager()
    first = pages.page(listing(list(ids)), 5, None)
    grown = listing([*ids, *arriving])

    found, token = {post.id for post in first.items}, first.next_token
    while token is not None:
        page = pages.page(grown, 5, token)
        found |= {post.id for post in page.items}
        token = page.next_token

    assert found >= ids


@given(st.sets(st.integers(2, 10**6), min_size=30, max_size=60))
def test_a_post_that_vanishes_during_a_sweep_hides_no_other(ids):
    pages = pager(short_pages=0.0, empty_pages=0.0, duplicates=0.0)
    first = pages.page(listing(list(ids)), 10, None)
    gone = first.items[-1].id

    found, token = {post.id for post in first.items}, first.next_token
    while token is not None:
        page = pages.page(listing(list(ids - {gone})), 10, token)
        found |= {post.id for post in page.items}
        token = page.next_token

    assert found == ids


def test_without_troubles_pages_are_full_and_the_last_has_no_token():
    pages = pager(short_pages=0.0, empty_pages=0.0, duplicates=0.0)

    found = swept(pages, listing(list(range(2, 27))), 10)

    assert [len(page) for page in found] == [10, 10, 5]
    assert [each for page in found for each in page] == list(range(26, 1, -1))


def test_short_pages_carry_a_token():
    found = swept(pager(short_pages=1.0, empty_pages=0.0), listing(list(range(2, 102))), 10)

    assert all(len(page) < 10 for page in found)


def test_empty_pages_carry_a_token_once_at_each_place():
    pages = pager(short_pages=0.0, empty_pages=1.0, duplicates=0.0)

    found = swept(pages, listing(list(range(2, 32))), 10)

    assert [len(page) for page in found] == [0, 10, 0, 10, 0, 10, 0]


def test_duplicates_repeat_the_end_of_the_page_before():
    found = swept(
        pager(short_pages=0.0, empty_pages=0.0, duplicates=1.0), listing(list(range(2, 60))), 10
    )

    assert all(set(page) & set(previous) for previous, page in pairwise(found))


def test_the_same_request_gets_the_same_page():
    pages = pager(short_pages=0.5, duplicates=0.5, empty_pages=0.5)
    of = listing(list(range(2, 300)))

    assert pages.page(of, 50, None) == pages.page(of, 50, None)


def test_hidden_posts_are_named_on_the_page_where_they_would_stand():
    pages = pager(short_pages=0.0, empty_pages=0.0, duplicates=0.0, partial_errors=1.0)
    of = listing([10, 20, 30, 40], hidden=[15, 35])

    first = pages.page(of, 2, None)
    second = pages.page(of, 2, first.next_token)

    assert [post.id for post in first.kept_back] == [35]
    assert [post.id for post in second.kept_back] == [15]


@pytest.mark.parametrize(
    ("name", "forge"),
    [
        ("QUOTE:1", lambda token: token),
        ("REPOST:1", lambda token: ("1" if token[0] != "1" else "2") + token[1:]),
        ("REPOST:1", lambda _: "!"),
        ("REPOST:1", lambda _: ""),
    ],
)
def test_a_token_of_another_list_or_with_a_changed_letter_is_refused(name, forge):
    of = listing(list(range(2, 40)))
    token = pager(short_pages=0.0, empty_pages=0.0).page(of, 5, None).next_token

    with pytest.raises(BadRequest):
        pager(name=name).page(of, 5, forge(token))
