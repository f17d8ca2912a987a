"""Files with the registry's side of the world, as `gema import` reads them."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import orjson

from workers.sandbox.clock import iso_date, rfc3339
from workers.sandbox.network import Network, Post
from workers.sandbox.programs import (
    DISCLOSURE_LABEL,
    PROGRAMS,
    SOURCE,
    Campaign,
    Outline,
    Program,
    text_of,
    variants_of,
)
from workers.sandbox.registry import entries
from workers.sandbox.world import World

_DAY = 86_400
Row = Iterable[object]


def file(world: World, name: str) -> bytes | None:
    """Return a file by its name, or None if there is no such file."""
    if name == "programs.json":
        return orjson.dumps({"programs": list(_programs(world))}, option=orjson.OPT_INDENT_2)
    table = _TABLES.get(name)
    return None if table is None else _csv(table[0], table[1](world))


def file_names() -> tuple[str, ...]:
    """Return the names of all files in the order of import."""
    return (*_TABLES, "programs.json")


def _csv(header: str, rows: Iterable[Row]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header.split(","))
    writer.writerows(rows)
    return text.getvalue().encode()


def _agencies(world: World) -> Iterator[Row]:
    for each in world.agencies:
        place = (each.parent_code, each.province_kemendagri_code, each.valid_from_on)
        yield (each.code, each.name, each.kind, *place)


def _asns(world: World) -> Iterator[Row]:
    for each in world.people:
        identity = (each.employee_number, each.employment_kind, each.full_name)
        place = (each.posting.agency_code, iso_date(each.posting.from_at))
        yield (*identity, *place, f"asn{each.index}@contoh.invalid")


def _assignments(world: World) -> Iterator[Row]:
    for each in world.people:
        for past in each.past_postings:
            end = "" if past.to_at is None else iso_date(past.to_at)
            yield (each.employee_number, past.agency_code, iso_date(past.from_at), end)


def _accounts(world: World) -> Iterator[Row]:
    for entry in entries(world):
        yield from entry.account_rows()


def _observations(world: World) -> Iterator[Row]:
    for entry in entries(world):
        yield from entry.observation_rows()


def _consents(world: World) -> Iterator[Row]:
    for entry in entries(world):
        yield from entry.consent_rows()


_TABLES: dict[str, tuple[str, Callable[[World], Iterator[Row]]]] = {
    "agencies.csv": (
        "code,name,kind,parent_code,province_kemendagri_code,valid_from_on",
        _agencies,
    ),
    "asns.csv": ("employee_number,employment_kind,full_name,agency_code,from_on,email", _asns),
    "assignments.csv": ("employee_number,agency_code,from_on,to_on", _assignments),
    "accounts.csv": (
        "employee_number,platform,platform_user_id,handle,verified_at,last_active_at",
        _accounts,
    ),
    "observations.csv": ("platform,platform_user_id,kind,count,source,observed_at", _observations),
    "consents.csv": (
        "employee_number,purpose,platform,platform_user_id,granted_at,withdrawn_at,text_version",
        _consents,
    ),
}


def _programs(world: World) -> Iterator[dict[str, Any]]:
    for program in PROGRAMS:
        yield {
            "slug": program.slug,
            "name": program.name,
            "agencyCode": program.agency_code,
            "summary": program.summary,
            "sourceUrl": f"{SOURCE}/{program.slug}",
            "campaigns": [_campaign(world, program, each) for each in program.campaigns],
        }


def _campaign(world: World, program: Program, campaign: Campaign) -> dict[str, Any]:
    return {
        "title": campaign.title,
        "brief": campaign.brief,
        "startsAt": rfc3339(world.spec.epoch - 21 * _DAY),
        "endsAt": rfc3339(world.spec.epoch + 30 * _DAY),
        "disclosureLabel": DISCLOSURE_LABEL,
        "goalShareCount": campaign.goal_share_count,
        "posts": [
            _post(program, each, network, post)
            for network in world.networks
            for each, post in _published(world, network)
            if each.campaign is campaign
        ],
    }


def _published(world: World, network: Network) -> Iterator[tuple[Outline, Post]]:
    originals = (network.posts[post_id] for post_id in network.program_post_ids)
    yield from zip(world.outlines, originals, strict=True)


def _post(program: Program, outline: Outline, network: Network, post: Post) -> dict[str, Any]:
    return {
        "platform": network.platform,
        "url": network.customs.post_url(network, post),
        "title": outline.title,
        "text": text_of(outline),
        "sourceUrl": f"{SOURCE}/{program.slug}/{post.id}",
        "publishedAt": rfc3339(post.at),
        "hashtags": [outline.campaign.hashtag],
        "variants": [{"locale": locale, "text": text} for locale, text in variants_of(outline)],
    }
