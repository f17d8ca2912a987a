import csv
import io
import re
from collections import Counter
from datetime import date, datetime
from functools import cache

import orjson
import pytest

from workers.sandbox import seed
from workers.sandbox.agencies import PROVINCES
from workers.sandbox.clock import unix_seconds
from workers.sandbox.world import World, WorldSpec, build

EPOCH = 1_795_000_000 // 3_600 * 3_600
HEADERS = {
    "agencies.csv": "code,name,kind,parent_code,province_kemendagri_code,valid_from_on",
    "asns.csv": "employee_number,employment_kind,full_name,agency_code,from_on,email",
    "assignments.csv": "employee_number,agency_code,from_on,to_on",
    "accounts.csv": "employee_number,platform,platform_user_id,handle,verified_at,last_active_at",
    "observations.csv": "platform,platform_user_id,kind,count,source,observed_at",
    "consents.csv": (
        "employee_number,purpose,platform,platform_user_id,granted_at,withdrawn_at,text_version"
    ),
}


@cache
def world() -> World:
    return build(WorldSpec(epoch=EPOCH))


@cache
def rows(name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO((seed.file(world(), name) or b"").decode())))


@cache
def programs() -> list[dict]:
    return orjson.loads(seed.file(world(), "programs.json") or b"")["programs"]


def latest_counts(platform: str) -> list[int]:
    latest = {}
    for row in sorted(rows("observations.csv"), key=lambda each: each["observed_at"]):
        latest[row["platform"], row["platform_user_id"]] = int(row["count"])
    return [count for (each, _), count in latest.items() if each == platform]


def tracked() -> set[str]:
    return {
        row["employee_number"]
        for row in rows("consents.csv")
        if row["purpose"] == "ACCOUNT_TRACKING" and not row["withdrawn_at"]
    }


@pytest.mark.parametrize(("name", "header"), HEADERS.items())
def test_every_table_has_exactly_its_columns(name: str, header: str):
    content = (seed.file(world(), name) or b"").decode()

    assert content.splitlines()[0] == header
    assert all(None not in row and None not in row.values() for row in rows(name))
    assert rows(name)


def test_an_unknown_file_is_none():
    assert seed.file(world(), "passwords.csv") is None


def test_employee_numbers_are_unique_and_nobody_can_hold_them():
    numbers = [row["employee_number"] for row in rows("asns.csv")]

    assert len(set(numbers)) == len(numbers) == 240
    for number in numbers:
        assert re.fullmatch(r"\d{14}[12]\d{3}", number)
        assert date.fromisoformat(f"{number[:4]}-{number[4:6]}-{number[6:8]}").year >= 2090


def test_every_row_points_at_somebody_and_something_that_is_there():
    codes = {row["code"] for row in rows("agencies.csv")}
    numbers = {row["employee_number"] for row in rows("asns.csv")}
    accounts = {(row["platform"], row["platform_user_id"]) for row in rows("accounts.csv")}

    assert {row["agency_code"] for row in (*rows("asns.csv"), *rows("assignments.csv"))} <= codes
    assert {row["parent_code"] for row in rows("agencies.csv")} - {""} <= codes
    for name in ("assignments.csv", "accounts.csv", "consents.csv"):
        assert {row["employee_number"] for row in rows(name)} <= numbers
    for name in ("observations.csv", "consents.csv"):
        named = {(row["platform"], row["platform_user_id"]) for row in rows(name)}
        assert named - {("", "")} <= accounts


def test_all_provinces_and_six_kinds_of_agency_have_people():
    agencies = {row["code"]: row for row in rows("agencies.csv")}
    manned = [agencies[row["agency_code"]] for row in rows("asns.csv")]

    assert {each["province_kemendagri_code"] for each in manned} - {""} == set(PROVINCES)
    assert len(PROVINCES) == 38
    assert len({each["kind"] for each in manned}) == 6


def test_postings_of_one_person_never_overlap():
    current = {row["employee_number"]: row["from_on"] for row in rows("asns.csv")}

    for row in rows("assignments.csv"):
        assert row["from_on"] < row["to_on"] < current[row["employee_number"]]


def test_about_two_hundred_consent_ten_withdrew_and_thirty_never_agreed():
    withdrawn = {
        row["employee_number"]
        for row in rows("consents.csv")
        if row["purpose"] == "ACCOUNT_TRACKING" and row["withdrawn_at"]
    }

    assert len(tracked()) == 200
    assert len(withdrawn - tracked()) == 10
    assert len(rows("asns.csv")) - len(tracked() | withdrawn) == 30


def test_nobody_who_does_not_consent_is_observed():
    owner = {
        (row["platform"], row["platform_user_id"]): row["employee_number"]
        for row in rows("accounts.csv")
    }
    observed = {owner[row["platform"], row["platform_user_id"]] for row in rows("observations.csv")}

    assert observed == tracked()


def test_consent_may_end_and_be_given_again_but_is_open_once_for_each_account():
    tracking = [row for row in rows("consents.csv") if row["purpose"] == "ACCOUNT_TRACKING"]
    spans = Counter((row["employee_number"], row["platform"]) for row in tracking)
    still_open = Counter(
        (row["employee_number"], row["platform"]) for row in tracking if not row["withdrawn_at"]
    )

    assert 2 in spans.values()
    assert set(still_open.values()) == {1}
    assert all(
        not row["withdrawn_at"] or row["granted_at"] < row["withdrawn_at"] for row in tracking
    )


@pytest.mark.parametrize("platform", ["X", "INSTAGRAM", "FACEBOOK"])
def test_every_network_has_figures_just_below_at_and_above_the_minimum(platform: str):
    counts = latest_counts(platform)

    assert {499, 500, 501} <= set(counts)
    assert max(counts) > 3_000
    assert sum(count >= 500 for count in counts) > 0.9 * len(counts)


def test_all_times_lie_before_the_epoch():
    times = [
        row[column]
        for name in ("accounts.csv", "observations.csv", "consents.csv")
        for row in rows(name)
        for column in row
        if column.endswith("_at") and row[column]
    ]

    assert all(unix_seconds(each) < EPOCH for each in times)
    assert all(datetime.fromisoformat(each).tzinfo is not None for each in times)


def test_followers_on_x_in_the_files_are_what_the_network_says():
    network = world().x
    latest = {
        row["platform_user_id"]: int(row["count"])
        for row in sorted(rows("observations.csv"), key=lambda each: each["observed_at"])
        if row["platform"] == "X"
    }

    assert latest
    for account_id, count in latest.items():
        assert network.accounts[int(account_id)].followers_count == count


def test_programmes_have_campaigns_with_posts_that_exist():
    campaigns = [campaign for program in programs() for campaign in program["campaigns"]]
    posts = [post for campaign in campaigns for post in campaign["posts"]]

    assert (len(programs()), len(campaigns), len(posts)) == (3, 4, 16)
    assert {post["url"] for post in posts} == {
        f"https://x.com/i/web/status/{post_id}" for post_id in world().x.program_post_ids
    }
    for campaign in campaigns:
        for post in campaign["posts"]:
            assert campaign["startsAt"] <= post["publishedAt"] < campaign["endsAt"]
            assert len(post["variants"]) == 3
            assert all("ASN · program pemerintah" in each["text"] for each in post["variants"])


def test_sources_lie_in_a_domain_that_is_an_example():
    sources = [program["sourceUrl"] for program in programs()]

    assert all(source.startswith("https://contoh.go.id/") for source in sources)
