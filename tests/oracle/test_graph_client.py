"""Meta's own client reads the sandbox's Facebook and Instagram: pages, errors, limits, proofs."""

from tests.oracle.stage import ask_client

START = """
import json, sys, urllib.request
from facebook_business.api import FacebookAdsApi, FacebookRequestError
from facebook_business.session import FacebookSession

base, *arguments = sys.argv[1:]

def api(network, token):
    FacebookSession.GRAPH = f"{base}/{network}"
    return FacebookAdsApi.init("gema", "sandbox-app-secret", token, api_version="v26.0")

def fault(**settings):
    body = json.dumps(settings).encode()
    urllib.request.urlopen(urllib.request.Request(f"{base}/_sandbox/faults", data=body))

def refusal(ask):
    try:
        ask()
    except FacebookRequestError as refused:
        return [refused.http_status(), refused.api_error_code(), refused.api_error_type()]
"""
FACEBOOK = (
    START
    + """
from facebook_business.adobjects.page import Page
from facebook_business.adobjects.pagepost import PagePost
from facebook_business.adobjects.user import User

system, post_id, holder, absent = arguments
pages = {page["id"]: page["access_token"]
         for page in User("me", api=api("facebook", system)).get_accounts(
             fields=["id", "access_token"])}
page_api = api("facebook", pages[post_id.split("_")[0]])
shares = list(PagePost(post_id, api=page_api).get_shared_posts(
    fields=["id", "created_time", "from", "message", "permalink_url"], params={"limit": 25}))
post = PagePost(post_id, api=page_api).api_get(fields=["id", "created_time", "shares"])
mine = api("facebook", holder)
friends = User("me", api=mine).get_friends(params={"summary": "true", "limit": 1})
own = list(User("me", api=mine).get_posts(
    fields=["id", "created_time", "parent_id", "link", "permalink_url"], params={"limit": 25}))
gone = refusal(lambda: PagePost(absent, api=page_api).api_get(fields=["id"]))
fault(name="rate_limit", path="/facebook/*", count=1, seconds=30)
limited = refusal(lambda: PagePost(post_id, api=page_api).api_get(fields=["id"]))
print(json.dumps({
    "shares": sorted({each["id"] for each in shares}),
    "post": post["id"],
    "count": post["shares"]["count"],
    "friends": friends.total(),
    "own": sorted({each["id"] for each in own}),
    "gone": gone,
    "limited": limited,
}))
"""
)
INSTAGRAM = (
    START
    + """
from facebook_business.adobjects.iguser import IGUser

official, holder, name = arguments
mine = api("instagram", holder)
me = IGUser("me", api=mine).api_get(
    fields=["user_id", "username", "followers_count", "media_count"])
media = list(IGUser("me", api=mine).get_media(
    fields=["id", "shortcode", "permalink", "timestamp"], params={"limit": 25}))
watching = api("instagram", official)
tags = list(IGUser("me", api=watching).get_tags(
    fields=["id", "shortcode", "permalink", "timestamp"], params={"limit": 25}))
other = IGUser("me", api=watching).api_get(
    fields=[f"business_discovery.username({name}){{username,followers_count,media_count}}"])
unknown = refusal(lambda: IGUser("me", api=watching).api_get(
    fields=["business_discovery.username(tiada.contoh){followers_count}"]))
print(json.dumps({
    "name": me["username"],
    "followers": me["followers_count"],
    "media": sorted({each["shortcode"] for each in media}),
    "tags": sorted({each["shortcode"] for each in tags}),
    "other": other["business_discovery"]["followers_count"],
    "unknown": unknown,
}))
"""
)


def _token(name):
    return f"sandbox-user-{name}"


def _is_listed(share, way):
    return way in share["knowableBy"] and not share["isRemoved"]


def test_the_client_reads_pages_shares_friends_and_errors_of_facebook(stage):
    post = max(stage.truth("FACEBOOK"), key=lambda each: len(each["shares"]))
    shares = [each for each in post["shares"] if _is_listed(each, "SHAREDPOSTS")]
    *_, page, _, number = post["url"].split("/")
    post_id = f"{page}_{number}"
    holder = next(each for each in shares if _is_listed(each, "OWN_POSTS"))

    read = ask_client(
        FACEBOOK,
        stage.url,
        _token("kemkescontoh"),
        post_id,
        _token(holder["actor"]),
        f"{page}_1",
    )

    assert read["shares"] == sorted(each["id"] for each in shares)
    assert read["post"] == post_id
    assert read["count"] >= len(shares)
    assert read["friends"] > 0
    assert holder["id"] in read["own"]
    assert read["gone"] == [400, 100, "GraphMethodException"]
    assert read["limited"][1:] == [32, "OAuthException"]


def test_the_client_reads_media_tags_and_other_accounts_of_instagram(stage):
    posts = stage.truth("INSTAGRAM")
    tagging = {
        each["id"]: each for post in posts for each in post["shares"] if _is_listed(each, "TAGS")
    }
    holder = next(each for each in tagging.values() if _is_listed(each, "OWN_MEDIA"))

    read = ask_client(
        INSTAGRAM,
        stage.url,
        _token("kemkescontoh.ig"),
        _token(holder["actor"]),
        holder["actor"],
    )

    assert read["name"] == holder["actor"]
    assert read["followers"] == read["other"] > 0
    assert holder["id"] in read["media"]
    assert set(read["tags"]) <= set(tagging)
    assert read["tags"]
    assert read["unknown"][:2] == [400, 110]
