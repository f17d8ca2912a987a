"""Campaigns: transitions, first checks, four eyes, silence, and what an approval covers."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import product
from uuid import UUID

import pytest

from api import errors
from api.domain.campaign import (
    TRANSITIONS,
    CampaignContent,
    CampaignStatus,
    NewCampaign,
    PostContent,
    QuietPeriod,
    check_new,
    content_sha256,
    quiet_periods_on,
    require_approved_content,
    require_no_quiet_period,
    require_other_person,
    require_transition,
    status_after_edit,
    status_by_calendar,
)

START = datetime(2026, 3, 1, tzinfo=UTC)
END = START + timedelta(days=14)
DRAFT, IN_REVIEW, APPROVED, ACTIVE, PAUSED, CLOSED, CANCELLED = CampaignStatus
ALLOWED = {
    *((DRAFT, IN_REVIEW), (IN_REVIEW, APPROVED), (APPROVED, ACTIVE), (IN_REVIEW, DRAFT)),
    *((ACTIVE, PAUSED), (PAUSED, ACTIVE), (PAUSED, CLOSED), (ACTIVE, CLOSED)),
    *((DRAFT, CANCELLED), (IN_REVIEW, CANCELLED), (APPROVED, CANCELLED)),
}


@pytest.mark.parametrize(("now_is", "becomes"), list(product(CampaignStatus, repeat=2)))
def test_only_the_drawn_transitions_exist(now_is, becomes):
    assert (becomes in TRANSITIONS[now_is]) is ((now_is, becomes) in ALLOWED)
    if (now_is, becomes) in ALLOWED:
        require_transition(now_is, becomes)
        return
    with pytest.raises(errors.InvalidState, match=f"{now_is.value} cannot become"):
        require_transition(now_is, becomes)


@pytest.mark.parametrize(
    ("now_is", "becomes"),
    [
        *((DRAFT, DRAFT), (IN_REVIEW, IN_REVIEW), (APPROVED, IN_REVIEW)),
        *((ACTIVE, IN_REVIEW), (PAUSED, IN_REVIEW)),
    ],
)
def test_an_edit_sends_approved_content_back_to_review(now_is, becomes):
    assert status_after_edit(now_is) is becomes


@pytest.mark.parametrize("ended", [CLOSED, CANCELLED])
def test_an_ended_campaign_is_not_edited(ended):
    with pytest.raises(errors.InvalidState):
        status_after_edit(ended)


GOOD = NewCampaign("Imunisasi anak", START, END, "ASN · program pemerintah")


def found(**change):
    return [(p.code, p.field) for p in check_new(replace(GOOD, **change))]


def test_a_good_campaign_has_no_problem():
    assert found(brief="Fakta", goal_share_count=1) == []


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"title": ""}, "BLANK", "title"),
        ({"title": " \t\n\u00a0"}, "BLANK", "title"),
        ({"title": "x" * 201}, "TOO_LONG", "title"),
        ({"title": "x" * 10_000}, "TOO_LONG", "title"),
        ({"brief": "x" * 10_001}, "TOO_LONG", "brief"),
        ({"ends_at": START - timedelta(days=1)}, "INVALID", "endsAt"),
        ({"ends_at": START}, "INVALID", "endsAt"),
        ({"disclosure_label": "  "}, "BLANK", "disclosureLabel"),
        ({"disclosure_label": "x" * 121}, "TOO_LONG", "disclosureLabel"),
        ({"goal_share_count": 0}, "INVALID", "goalShareCount"),
        ({"goal_share_count": -5}, "INVALID", "goalShareCount"),
    ],
)
def test_each_problem_names_its_field(change, code, field):
    assert found(**change) == [(code, (field,))]


def test_texts_may_fill_their_length():
    longest = {"title": "x" * 200, "brief": "x" * 10_000, "disclosure_label": "x" * 120}

    assert found(**longest) == []


def test_all_problems_are_listed_at_once_in_the_order_of_the_fields():
    problems = found(title="", ends_at=START, disclosure_label="", goal_share_count=0)

    fields = [field for _, (field,) in problems]
    assert fields == ["title", "endsAt", "disclosureLabel", "goalShareCount"]


@pytest.mark.parametrize("checker", ["author", "editor"])
def test_author_and_last_editor_may_not_check(checker):
    with pytest.raises(errors.SamePerson):
        require_other_person(checker, ["author", "editor"])


def test_anybody_else_may_check():
    require_other_person("checker", ["author", None])


BANTEN, PAPUA = UUID(int=1), UUID(int=2)
EVERYWHERE = QuietPeriod(date(2026, 3, 1), date(2026, 3, 4), "UU 7/2017")
IN_BANTEN = replace(EVERYWHERE, province_id=BANTEN)


@pytest.mark.parametrize(
    ("day", "is_quiet"),
    [
        (date(2026, 2, 28), False),
        (date(2026, 3, 1), True),
        (date(2026, 3, 3), True),
        (date(2026, 3, 4), False),
    ],
)
def test_silence_holds_from_its_first_day_to_the_day_before_its_end(day, is_quiet):
    assert bool(quiet_periods_on([EVERYWHERE], day, [PAPUA])) is is_quiet


@pytest.mark.parametrize(
    ("provinces", "is_quiet"), [([BANTEN, PAPUA], True), ([PAPUA], False), ([], True)]
)
def test_a_regional_silence_binds_campaigns_that_reach_the_region(provinces, is_quiet):
    assert bool(quiet_periods_on([IN_BANTEN], date(2026, 3, 2), provinces)) is is_quiet


def test_a_launch_in_silence_is_refused_with_ground_and_end():
    longer = replace(IN_BANTEN, to_on=date(2026, 3, 9), legal_ground="PKPU 1")

    with pytest.raises(errors.QuietPeriod, match=r"2026-03-09 \(PKPU 1\)") as refusal:
        require_no_quiet_period([longer, EVERYWHERE], date(2026, 3, 2), [BANTEN])

    assert refusal.value.code == "QUIET_PERIOD"


def test_a_launch_outside_silence_passes():
    require_no_quiet_period([IN_BANTEN], date(2026, 3, 2), [PAPUA])


POST = PostContent("X", "https://x.example/1", "Judul", "https://sumber.example", START)
CONTENT = CampaignContent(
    "Imunisasi anak",
    None,
    "ASN · program pemerintah",
    START,
    END,
    audience={"provinceIds": ("b", "a")},
    posts=(POST, replace(POST, url="https://x.example/2")),
)


@pytest.mark.parametrize(
    "change",
    [
        {"title": "Imunisasi"},
        {"brief": ""},
        {"disclosure_label": "ASN"},
        {"starts_at": START + timedelta(seconds=1)},
        {"ends_at": END + timedelta(seconds=1)},
        {"audience": {"provinceIds": ("a",)}},
        {"audience": {"agencyIds": ("a", "b")}},
        {"posts": (POST,)},
        {"posts": (replace(POST, text="lain"), CONTENT.posts[1])},
        {"posts": (replace(POST, facts=("fakta",)), CONTENT.posts[1])},
        {"posts": (replace(POST, source_url="https://lain.example"), CONTENT.posts[1])},
        {"posts": (replace(POST, variants=(("id", "teks"),)), CONTENT.posts[1])},
    ],
)
def test_any_change_of_content_ends_the_approval(change):
    approved = content_sha256(CONTENT)

    with pytest.raises(errors.InvalidState):
        require_approved_content(replace(CONTENT, **change), approved)


def test_the_order_of_posts_and_audience_is_no_content():
    shuffled = replace(CONTENT, posts=CONTENT.posts[::-1], audience={"provinceIds": ("a", "b")})

    require_approved_content(shuffled, content_sha256(CONTENT))


def test_what_was_never_approved_cannot_be_launched():
    with pytest.raises(errors.InvalidState):
        require_approved_content(CONTENT, None)


BALI, JAKARTA = UUID(int=51), UUID(int=31)
SILENCE = QuietPeriod(date(2026, 3, 5), date(2026, 3, 8), "PKPU contoh", BALI)


@pytest.mark.parametrize(
    ("now_is", "now", "provinces", "becomes"),
    [
        (ACTIVE, datetime(2026, 3, 5, tzinfo=UTC), (BALI,), PAUSED),
        (ACTIVE, datetime(2026, 3, 5, tzinfo=UTC), (), PAUSED),
        (ACTIVE, datetime(2026, 3, 5, tzinfo=UTC), (JAKARTA,), ACTIVE),
        (ACTIVE, datetime(2026, 3, 4, 23, 59, tzinfo=UTC), (BALI,), ACTIVE),
        (ACTIVE, datetime(2026, 3, 8, tzinfo=UTC), (BALI,), ACTIVE),
        (PAUSED, datetime(2026, 3, 5, tzinfo=UTC), (BALI,), PAUSED),
        (PAUSED, datetime(2026, 3, 8, tzinfo=UTC), (BALI,), PAUSED),
        (ACTIVE, END - timedelta(seconds=1), (BALI,), ACTIVE),
        (ACTIVE, END, (BALI,), CLOSED),
        (PAUSED, END, (BALI,), CLOSED),
    ],
)
def test_the_calendar_pauses_in_silence_and_closes_at_the_end(
    now_is: CampaignStatus, now: datetime, provinces: tuple[UUID, ...], becomes: CampaignStatus
) -> None:
    status, reason = status_by_calendar(now_is, END, now, [SILENCE], provinces)

    assert status is becomes
    assert (reason is None) == (status is now_is)


def test_what_is_over_is_closed_even_in_silence() -> None:
    everywhere = QuietPeriod(START.date(), END.date() + timedelta(days=9), "PKPU contoh")

    status, _ = status_by_calendar(ACTIVE, END, END, [everywhere], ())

    assert status is CLOSED
