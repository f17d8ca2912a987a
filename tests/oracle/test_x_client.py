"""X's own client reads the sandbox's X: its generated models accept every answer."""

from tests.oracle.stage import ask_client

SCRIPT = """
import json, sys
from requests import HTTPError
from xdk import Client

base, post, user, handle, gone, link = sys.argv[1:]
client = Client(base_url=f"{base}/x", bearer_token="sandbox-app-token")
posts, users = client.posts, client.users
FIELDS = ["author_id", "created_at", "public_metrics", "entities", "referenced_posts"]
USERS = ["public_metrics", "protected", "created_at", "description"]

def rows(pages):
    return [row for page in pages for row in page.data or []]

def issues(answer):
    return sorted({error["type"].rsplit("/", 1)[-1] if isinstance(error, dict)
                   else error.type.rsplit("/", 1)[-1] for error in answer.errors or []})

def told(row, name):
    return row[name] if isinstance(row, dict) else getattr(row, name)

reposts = rows(posts.get_reposts(post, max_results=100, post_fields=FIELDS,
                                 expansions=["author_id"], user_fields=USERS))
people = rows(posts.get_reposted_by(post, max_results=100, user_fields=USERS))
quotes = rows(posts.get_quoted(post, max_results=100, post_fields=FIELDS,
                               expansions=["author_id"]))
found = posts.get_by_ids(ids=[post, gone], post_fields=FIELDS)
named = users.get_by_ids(ids=[user, gone], user_fields=USERS)
called = users.get_by_usernames(usernames=[handle], user_fields=USERS)
timeline = rows(users.get_posts(user, max_results=100, post_fields=FIELDS))
searched = rows(posts.search_recent(query=f'url:"{link}"', max_results=100, post_fields=FIELDS))
try:
    posts.get_by_ids(ids=[str(number) for number in range(1, 102)])
    problem = None
except HTTPError as refused:
    problem = refused.response.status_code
(post_row,), (user_row,) = found.data, named.data
metrics = told(post_row, "public_metrics")
followers = told(told(user_row, "public_metrics"), "followers_count")
print(json.dumps({
    "reposts": sorted({told(row, "id") for row in reposts}),
    "reposters": sorted({told(row, "author_id") for row in reposts}),
    "people": sorted({told(row, "id") for row in people}),
    "quotes": sorted({told(row, "id") for row in quotes}),
    "reposted": told(metrics, "repost_count"),
    "followers": followers,
    "same": told(called.data[0], "id") == told(user_row, "id"),
    "issues": [issues(found), issues(named)],
    "timeline": sorted({told(row, "id") for row in timeline}),
    "referenced": sorted({told(one, "id") for row in timeline
                          for one in (told(row, "referenced_posts") or [])}),
    "searched": len(searched),
    "problem": problem,
}))
"""


def test_the_client_reads_lists_posts_users_and_what_is_missing(stage):
    post = max(stage.truth("X"), key=lambda each: len(each["shares"]))
    standing = [each for each in post["shares"] if each["isKnowable"] and not each["isRemoved"]]
    reposts = [each for each in standing if each["kind"] == "REPOST"]
    quotes = [each for each in standing if each["kind"] == "QUOTE"]
    number = post["url"].rsplit("/", 1)[-1]
    holder = next(each for each in reposts if each["isConsenting"])

    read = ask_client(
        SCRIPT, stage.url, number, holder["actorId"], holder["actor"], "1", "https://contoh.id/"
    )

    assert read["reposts"] == sorted(each["id"] for each in reposts)
    assert read["reposters"] == sorted({each["actorId"] for each in reposts})
    assert set(read["people"]) == set(read["reposters"])
    assert read["quotes"] == sorted(each["id"] for each in quotes)
    assert read["reposted"] >= len(reposts)
    assert read["followers"] > 0
    assert read["same"] is True
    assert read["issues"] == [["resource-not-found"], ["resource-not-found"]]
    assert holder["id"] in read["timeline"]
    assert number in read["referenced"]
    assert read["problem"] == 400
