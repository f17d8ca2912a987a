"""Only people count, each once a day, and nobody's address is kept."""

import re
from dataclasses import replace
from datetime import timedelta
from ipaddress import ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.domain.clicks import (
    ClickClass,
    ClickReason,
    Hit,
    KnownMachines,
    classify,
    is_burst,
    network_of,
    visitor,
    with_utm,
)

AGENT = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/130 Mobile Safari/537.36"
HIT = Hit("GET", AGENT, "", "203.0.113.9", timedelta(days=1))
CRAWLERS = re.compile("bot|externalagent", re.IGNORECASE)
MACHINES = KnownMachines(CRAWLERS.search, (ip_network("198.51.100.0/24"),))


def test_a_person_counts() -> None:
    assert classify(HIT, MACHINES).click_class is ClickClass.HUMAN


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"method": "HEAD"}, ClickReason.HEAD),
        ({"agent": " "}, ClickReason.EMPTY_AGENT),
        ({"purpose": "prefetch;prerender"}, ClickReason.PREFETCH),
        ({"agent": "meta-externalagent/1.1"}, ClickReason.CRAWLER),
        ({"address": "198.51.100.77"}, ClickReason.DATA_CENTRE),
    ],
)
def test_a_machine_does_not_count_and_the_reason_is_kept(
    change: dict[str, str], reason: ClickReason
) -> None:
    verdict = classify(replace(HIT, **change), MACHINES)

    assert (verdict.click_class, verdict.reason) == (ClickClass.BOT, reason)


@pytest.mark.parametrize(("age", "is_suspect"), [(9, True), (10, False)])
def test_the_first_ten_seconds_of_a_link_are_in_doubt(age: int, is_suspect: bool) -> None:
    hit = replace(HIT, age=timedelta(seconds=age))

    assert (classify(hit, MACHINES).reason is ClickReason.NEW_LINK) == is_suspect


def test_many_visits_from_few_networks_are_a_burst_and_from_many_are_fame() -> None:
    assert is_burst(recent_count=40, hour_count=6, network_count=2)
    assert not is_burst(recent_count=40, hour_count=6, network_count=20)
    assert not is_burst(recent_count=40, hour_count=240, network_count=2)


def test_one_network_and_agent_are_one_visitor_and_tomorrow_another() -> None:
    today = visitor(b"a" * 32, "203.0.113.9", AGENT)

    assert today == visitor(b"a" * 32, "203.0.113.200", AGENT)
    assert today != visitor(b"a" * 32, "203.0.114.9", AGENT)
    assert today != visitor(b"b" * 32, "203.0.113.9", AGENT)
    assert network_of("2001:db8:1:2::5") == "2001:db8:1::/48"


@given(st.text(max_size=60), st.text(max_size=200))
def test_no_address_and_no_agent_breaks_the_filter(address: str, agent: str) -> None:
    hit = replace(HIT, address=address, agent=agent)

    assert classify(hit, MACHINES).click_class in ClickClass
    assert len(visitor(b"s" * 32, address, agent)) == 16


def test_campaign_words_are_added_and_those_of_the_address_stay() -> None:
    shown = with_utm(
        "https://contoh.go.id/a?utm_source=own&x=1", {"utm_source": "x", "utm_medium": "asn-share"}
    )

    assert shown == "https://contoh.go.id/a?utm_source=own&x=1&utm_medium=asn-share"
