"""Mastodon.py reads the sandbox's Mastodon: paging by Link, errors, limits, search."""

from tests.oracle.stage import ask_client

SCRIPT = """
import json, sys, urllib.request
from mastodon import Mastodon, MastodonNotFoundError, MastodonRatelimitError

base, number, url = sys.argv[1:]
client = Mastodon(api_base_url=f"{base}/mastodon", ratelimit_method="throw",
                  access_token="sandbox-user-oracle", version_check_mode="none")

def everything(page):
    found = []
    while page is not None:
        found += page
        page = client.fetch_next(page)
    return found

def fault(**settings):
    body = json.dumps(settings).encode()
    urllib.request.urlopen(urllib.request.Request(f"{base}/_sandbox/faults", data=body))

status = client.status(number)
boosters = everything(client.status_reblogged_by(number))
search = client.search_v2(url, resolve=True)
author = client.account_lookup(status.account.acct)
timeline = everything(client.account_statuses(boosters[0].id))
try:
    client.status("1")
    problem = None
except MastodonNotFoundError:
    problem = "not found"
fault(name="rate_limit", path="/mastodon/*", count=1, seconds=30)
try:
    client.status(number)
    limit = None
except MastodonRatelimitError:
    limit = "limited"
print(json.dumps({
    "uri": status.uri,
    "created": status.created_at.isoformat(),
    "reblogs": status.reblogs_count,
    "boosters": sorted({each.acct for each in boosters}),
    "found": [each.uri for each in search.statuses],
    "author": author.id == status.account.id,
    "followers": author.followers_count,
    "boosts": [each.uri for each in timeline if each.reblog],
    "boosted": [each.reblog.uri for each in timeline if each.reblog],
    "problem": problem,
    "limit": limit,
    "version": client.instance_v1().version if limit is None else None,
}))
"""


def test_the_client_reads_statuses_boosters_accounts_and_search(stage):
    post = next(each for each in stage.truth("MASTODON") if each["shares"])
    standing = [each for each in post["shares"] if each["isKnowable"] and not each["isRemoved"]]
    boosts = [each for each in standing if each["kind"] == "REPOST"]
    number = post["url"].rsplit("/", 1)[-1]

    read = ask_client(SCRIPT, stage.url, number, post["url"])

    assert read["boosters"] == sorted(each["actor"] for each in boosts)
    assert read["found"] == [read["uri"]]
    assert read["reblogs"] >= len(boosts)
    assert read["author"] is True
    assert read["followers"] > 0
    assert set(read["boosts"]) & {each["id"] for each in boosts}
    assert read["uri"] in read["boosted"]
    assert (read["problem"], read["limit"]) == ("not found", "limited")
