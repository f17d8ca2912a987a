"""The AT Protocol's own client reads the sandbox's Bluesky: its models accept every answer."""

from tests.oracle.stage import ask_client

SCRIPT = """
import asyncio, json, sys
from atproto import AsyncClient, models
from atproto.exceptions import BadRequestError

base, uri, did, gone = sys.argv[1:]

async def everything(ask, member, **parameters):
    found, cursor = [], None
    while True:
        more = {"cursor": cursor} if cursor else {}
        page = await ask({**parameters, **more})
        found += getattr(page, member)
        cursor = page.cursor
        if cursor is None:
            return found

async def main():
    client = AsyncClient(base_url=f"{base}/bluesky/xrpc")
    feed, actor = client.app.bsky.feed, client.app.bsky.actor
    reposters = await everything(feed.get_reposted_by, "reposted_by", uri=uri, limit=100)
    quotes = await everything(feed.get_quotes, "posts", uri=uri, limit=30)
    posts = (await feed.get_posts({"uris": [uri, gone]})).posts
    profiles = (await actor.get_profiles({"actors": [did, "tiada.contoh.id"]})).profiles
    timeline = await everything(feed.get_author_feed, "feed", actor=did)
    records = await everything(
        client.com.atproto.repo.list_records,
        "records", repo=did, collection="app.bsky.feed.repost",
    )
    status = await client.com.atproto.sync.get_repo_status({"did": did})
    resolved = await client.com.atproto.identity.resolve_handle({"handle": profiles[0].handle})
    try:
        await actor.get_profile({"actor": "tiada.contoh.id"})
        problem = None
    except BadRequestError as refused:
        problem = refused.response.content.error
    reasons = [each.reason for each in timeline if each.reason]
    print(json.dumps({
        "reposters": sorted({each.did for each in reposters}),
        "quotes": sorted({each.uri for each in quotes}),
        "posts": [each.uri for each in posts],
        "counted": posts[0].repost_count,
        "followers": profiles[0].followers_count,
        "reposts": sorted({each.uri for each in records}),
        "reasons": sorted({each.uri for each in reasons}),
        "subjects": all(isinstance(each.value, models.AppBskyFeedRepost.Record)
                        for each in records),
        "texts": all(isinstance(each.record, models.AppBskyFeedPost.Record) for each in posts),
        "active": status.active,
        "resolved": resolved.did,
        "problem": problem,
    }))

asyncio.run(main())
"""
GONE = f"at://did:plc:{'a' * 24}/app.bsky.feed.post/3laaaaaaaaaaa"


def test_the_client_reads_lists_profiles_posts_and_repositories(stage):
    post = next(each for each in stage.truth("BLUESKY") if each["shares"])
    standing = [each for each in post["shares"] if each["isKnowable"] and not each["isRemoved"]]
    repost = next(each for each in standing if each["kind"] == "REPOST")
    did = repost["id"].split("/")[2]
    _, _, _, _, author, _, key = post["url"].split("/")
    uri = f"at://{author}/app.bsky.feed.post/{key}"

    read = ask_client(SCRIPT, stage.url, uri, did, GONE)

    assert read["reposters"] == sorted(
        {each["id"].split("/")[2] for each in standing if each["kind"] == "REPOST"}
    )
    assert read["quotes"] == sorted(each["id"] for each in standing if each["kind"] == "QUOTE")
    assert read["posts"] == [uri]
    assert read["counted"] >= len(read["reposters"])
    assert read["followers"] > 0
    assert repost["id"] in read["reposts"]
    assert set(read["reasons"]) <= set(read["reposts"])
    assert repost["id"] in read["reasons"]
    assert (read["subjects"], read["texts"], read["active"]) == (True, True, True)
    assert (read["resolved"], read["problem"]) == (did, "InvalidRequest")
