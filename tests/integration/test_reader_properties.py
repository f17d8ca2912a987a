"""Whatever a network answers, a connector gives facts or one of the known errors, never a crash."""

import asyncio
import random
from dataclasses import replace
from datetime import timedelta

import httpx2
import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.domain.matching import PostRef, ProfileRef
from api.domain.platform import Platform, ShareKind
from tests.integration.connector_kit import Scene, auth_for, own, post_of, settings_of
from tests.integration.mutation import Spoiler, spoil
from workers.platforms import connector_for
from workers.platforms.base import (
    APP,
    AccountRef,
    Cap,
    FoundPost,
    Mention,
    MetricFact,
    OwnPost,
    Page,
    PlatformError,
    ProfileFact,
    Removal,
    Revocation,
    ShareFact,
    Watermark,
)

FACTS = ShareFact | OwnPost | FoundPost | MetricFact | ProfileFact
EVENTS = ShareFact | FoundPost | Mention | Removal | Revocation
QUESTIONS = (
    *("resharers", "quotes", "own_posts", "own_posts_since", "metrics", "own_metrics"),
    *("profiles", "me", "resolve_post", "resolve_profile", "search", "mentions", "mentioned"),
)


class Case:
    """A network with somebody on it, and what it once answered."""

    def __init__(self, platform):
        self.platform = platform
        self.scene = Scene()
        self.recorded = {}
        self.inner = httpx2.ASGITransport(self.scene.app)
        told = asyncio.run(self.scene.truth(platform))
        shares = [share for post in told for share in post["shares"]]
        mine = [one for one in shares if {"OWN_MEDIA", "OWN_POSTS"} & _ways(one)]
        sharing = {one["actor"].split("@")[0] for one in mine}
        self.one = self.scene.holder(platform, lambda _, one: one.handle.split("@")[0] in sharing)
        self.account = self.scene.account(platform, self.one)
        self.post = post_of(max(told, key=lambda each: len(each["shares"])))

    async def ask(self, name, seed):
        """Ask a question and follow its pages; return all of them."""
        spoiler = Spoiler(self.recorded, self.inner, random.Random(seed))  # noqa: S311 (no secret)
        tools = replace(self.scene.tools(), transport=spoiler)
        connector = connector_for(self.platform, settings_of(), tools)
        try:
            question = self._question(connector, name)
            if question is None:
                return []
            answers, cursor = [], None
            for _ in range(3):
                answers.append(await question(cursor))
                cursor = getattr(answers[-1], "next", None)
                if cursor is None:
                    break
            return answers
        finally:
            await connector.close()

    def _question(self, connector, name):
        mine, handle = auth_for(connector, self.one), self.account.handle
        official = next(iter(connector.watched), AccountRef(self.platform, "1"))
        since = Watermark(newest_at=self.scene.now() - timedelta(days=60))
        mention = Mention(
            self.platform, ShareKind.MENTION, official.id, "17900000001", self.scene.now()
        )
        table = {
            "resharers": (Cap.RESHARERS, lambda c: connector.resharers(self.post, APP, c)),
            "quotes": (Cap.QUOTES, lambda c: connector.quotes(self.post, APP, c)),
            "own_posts": (None, lambda c: connector.own_posts(self.account, mine, None, c)),
            "own_posts_since": (None, lambda c: connector.own_posts(self.account, mine, since, c)),
            "metrics": (Cap.METRICS, lambda _: connector.metrics([self.post], APP)),
            "own_metrics": (
                Cap.OWN_METRICS,
                lambda _: connector.metrics([self.post], own(self.one)),
            ),
            "profiles": (
                Cap.PROFILE_PUBLIC,
                lambda _: connector.profiles(
                    [ProfileRef(self.platform, self.account.id, handle)], APP
                ),
            ),
            "me": (Cap.PROFILE_OWN, lambda _: connector.me(own(self.one))),
            "resolve_post": (None, lambda _: connector.resolve(self.post, APP)),
            "resolve_profile": (
                Cap.PROFILE_PUBLIC,
                lambda _: connector.resolve(ProfileRef(self.platform, handle=handle), APP),
            ),
            "search": (
                Cap.SEARCH,
                lambda c: connector.search("https://contoh.id/", APP, since, c),
            ),
            "mentions": (Cap.MENTIONS, lambda c: connector.mentions(official, APP, c)),
            "mentioned": (Cap.MENTIONS, lambda _: connector.mentioned(mention, APP)),
        }
        cap, question = table[name]
        return question if cap is None or cap in connector.caps else None


def _ways(share):
    """Return by what a share can be known; without a word, everybody may read timelines."""
    return set(share.get("knowableBy", ["OWN_POSTS"]))


@pytest.fixture(scope="module", params=list(Platform))
def case(request):
    return Case(request.param)


@settings(deadline=None, max_examples=100, derandomize=True)
@given(st.sampled_from(QUESTIONS), st.integers(0, 2**32))
def test_any_answer_is_read_into_facts_or_a_known_error(case, name, seed):
    try:
        answers = asyncio.run(case.ask(name, seed))
    except PlatformError as error:
        assert error.code != "PLATFORM_ERROR"  # noqa: PT017 (both outcomes are right)
        return

    for answer in answers:
        assert isinstance(answer, Page | PostRef | ProfileRef | FACTS)
        if isinstance(answer, Page):
            _check(answer)


def _check(page):
    assert all(isinstance(item, FACTS) for item in page.items)
    assert all(issue.code for issue in page.issues)
    keys = [item.key for item in page.items if isinstance(item, ShareFact)]
    assert len(keys) == len(set(keys))
    for item in page.items:
        occurred_at = getattr(item, "occurred_at", None)
        assert occurred_at is None or occurred_at.tzinfo is not None
        native_id = getattr(item, "id", None) or getattr(item, "post_id", None)
        assert native_id
        assert isinstance(native_id, str)


POST = {
    "id": "1440000000000000002",
    "author_id": "71",
    "created_at": "2026-11-23T08:00:00.000Z",
    "text": "kata",
    "referenced_posts": [{"type": "retweeted", "id": "1440000000000000001"}],
    "entities": {"urls": [{"expanded_url": "https://contoh.id/"}]},
}
BODIES = {
    Platform.X: [
        {
            "data": {
                "event_uuid": "e-1",
                "event_type": kind,
                "filter": {"user_id": "70"},
                "tag": "a",
                "payload": POST,
                "includes": {"users": [{"id": "71", "username": "warga"}]},
            }
        }
        for kind in ("post.repost.create", "post.quote.create", "post.delete", "oauth.revoke")
    ],
    Platform.FACEBOOK: [
        {
            "object": "page",
            "entry": [
                {
                    "id": "55",
                    "time": 1_795_000_000,
                    "changes": [
                        {
                            "field": "feed",
                            "value": {
                                "item": "share",
                                "verb": verb,
                                "post_id": "55_77",
                                "share_id": "88",
                                "from": {"id": "9", "name": "Warga Contoh"},
                                "created_time": 1_795_000_000,
                                "message": "kata",
                            },
                        }
                    ],
                }
            ],
        }
        for verb in ("add", "remove")
    ]
    + [
        {
            "object": "permissions",
            "entry": [
                {"uid": "9", "changes": [{"field": "user_posts", "value": {"verb": "revoked"}}]}
            ],
        }
    ],
    Platform.INSTAGRAM: [
        {
            "object": "instagram",
            "entry": [
                {
                    "id": "17841400000000001",
                    "changes": [{"field": "mentions", "value": {"media_id": "17900000001"}}],
                    "messaging": [
                        {
                            "sender": {"id": "9"},
                            "timestamp": 1_795_000_000_000,
                            "message": {
                                "mid": "m-1",
                                "attachments": [{"type": "story_mention", "payload": {"url": "x"}}],
                            },
                        }
                    ],
                }
            ],
        }
    ],
}


@pytest.mark.parametrize("platform", BODIES)
def test_a_sound_event_is_read(case_of, platform):
    for body in BODIES[platform]:
        if body.get("data", {}).get("event_type") != "oauth.revoke":
            assert case_of(platform).events(orjson.dumps(body))


@settings(deadline=None, max_examples=150, derandomize=True)
@given(st.sampled_from(list(BODIES)), st.integers(0, 2**32), st.none() | st.binary(max_size=60))
def test_any_body_of_a_webhook_is_read_into_events_or_a_known_error(case_of, platform, seed, raw):
    chosen = random.Random(seed)  # noqa: S311 (no secret)
    body = raw if raw is not None else orjson.dumps(spoil(chosen.choice(BODIES[platform]), chosen))

    try:
        events = case_of(platform).events(body)
    except PlatformError:
        return

    assert all(isinstance(event, EVENTS) for event in events)


@pytest.fixture(scope="module")
def case_of():
    scene, built = Scene(), {}

    def connector(platform):
        if platform not in built:
            built[platform] = connector_for(platform, settings_of(), scene.tools())
        return built[platform]

    return connector
