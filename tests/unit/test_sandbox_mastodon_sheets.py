"""Pages that go on from an id: whatever strikes, nothing is skipped and every list ends."""

from hypothesis import given
from hypothesis import strategies as st

from workers.sandbox.faults import Faults
from workers.sandbox.network import Kind, Post
from workers.sandbox.sheets import Cutter

IDS = st.lists(st.integers(min_value=1, max_value=400), unique=True, max_size=60)
TROUBLES = ("short_pages", "empty_pages", "duplicates")


def posts(ids):
    return tuple(Post(each, 1, each, Kind.REPOST, 1, "") for each in sorted(ids, reverse=True))


def read(cutter, shown_at, limit):
    """Read a list that may change between pages."""
    sheets, before = [], None
    for turn in range(500):
        sheets.append(cutter.sheet(shown_at(turn), limit, before))
        before = sheets[-1].next_before
        if before is None:
            return sheets
    raise AssertionError("the list never ends")


def troubled(seed, probability):
    faults = Faults(seed)
    for name in TROUBLES:
        faults.switch({"name": name, "probability": probability})
    return Cutter(faults, seed, "/list", "list")


@given(IDS, st.integers(0, 50), st.sampled_from([0.0, 0.3, 1.0]), st.integers(1, 80))
def test_every_post_is_read_and_no_page_is_longer_than_asked(ids, seed, probability, limit):
    sheets = read(troubled(seed, probability), lambda _turn: posts(ids), limit)

    assert {post.id for sheet in sheets for post in sheet.items} == set(ids)
    assert all(len(sheet.items) <= limit for sheet in sheets)


@given(IDS, st.integers(0, 50), st.integers(1, 9))
def test_new_posts_hide_no_old_one(ids, seed, limit):
    def shown_at(turn):
        return posts([*ids, *range(1_000, 1_000 + 3 * turn)])

    sheets = read(troubled(seed, 0.3), shown_at, limit)

    assert {post.id for sheet in sheets for post in sheet.items} >= set(ids)


@given(IDS.filter(len), st.integers(0, 50))
def test_without_troubles_nothing_comes_twice(ids, seed):
    faults = Faults(seed)
    faults.switch_all_off()
    sheets = read(Cutter(faults, seed, "/list", "list"), lambda _turn: posts(ids), 7)

    assert [post.id for sheet in sheets for post in sheet.items] == sorted(ids, reverse=True)
    assert all(sheet.items for sheet in sheets)


def test_empty_pages_come_in_front_of_posts_and_at_the_end():
    sheets = read(troubled(1, 1.0), lambda _turn: posts([9, 7, 5, 3, 1]), 2)

    assert [bool(sheet.items) for sheet in sheets][:2] == [False, True]
    assert sheets[-1].items == ()
