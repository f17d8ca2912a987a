"""What the bodies of accepted webhooks say, of each network that sends any."""

from datetime import UTC, datetime

import orjson
import pytest

from api.domain.platform import Platform, ShareKind
from workers.platforms.errors import ContractError
from workers.platforms.facebook.events import events_in as facebook
from workers.platforms.facts import Mention, Reference, ReferenceKind, Removal, Revocation
from workers.platforms.instagram.events import events_in as instagram
from workers.platforms.x.events import events_in as x

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
AT = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
POST, OWN = "1990000000000000001", "1990000000000000101"
NETWORKS = (x, facebook, instagram)


def told(read, body):
    return read(orjson.dumps(body), NOW)


def of_x(kind, payload, **data):
    users = {"users": [{"id": "71", "username": "sari_dinas"}]}
    return {"data": {"event_type": kind, "payload": payload, "includes": users, **data}}


def passing_on(kind, word="referenced_posts", **more):
    payload = {"id": OWN, "author_id": "71", "created_at": "2026-11-23T07:00:00.000Z", **more}
    return payload | {word: [{"type": kind, "id": POST}]}


@pytest.mark.parametrize("word", ["referenced_posts", "referenced_tweets"])
@pytest.mark.parametrize(
    ("event", "reference", "kind", "key"),
    [
        ("post.repost.create", "retweeted", ShareKind.REPOST, f"X:REPOST:{POST}:71"),
        ("post.quote.create", "quoted", ShareKind.QUOTE, f"X:QUOTE:{OWN}"),
        ("post.create", "retweeted", ShareKind.REPOST, f"X:REPOST:{POST}:71"),
    ],
)
def test_x_tells_of_a_share_in_both_vocabularies(event, reference, kind, key, word):
    (share,) = told(x, of_x(event, passing_on(reference, word)))

    assert (share.kind, share.key, share.native_id) == (kind, key, OWN)
    assert (share.post_id, share.actor_id, share.actor) == (POST, "71", "sari_dinas")
    assert (share.occurred_at, share.observed_at) == (AT, NOW)


@pytest.mark.parametrize(
    ("event", "kind"), [("post.reply.create", "REPLY_LINK"), ("post.mention.create", "LINK_POST")]
)
def test_x_tells_of_other_posts_with_their_links_alone(event, kind):
    links = {"urls": [{"expanded_url": "https://gema.example/r/abc"}]}
    payload = {"id": OWN, "author_id": "71", "entities": links, "text": "Mari"}
    if kind == "REPLY_LINK":
        payload |= {"referenced_posts": [{"type": "replied_to", "id": POST}]}

    (post,) = told(x, of_x(event, payload))

    assert (post.kind, post.id, post.author_id) == (kind, OWN, "71")
    assert post.links == ("https://gema.example/r/abc",)
    wanted = (Reference(ReferenceKind.REPLIED_TO, POST),) if kind == "REPLY_LINK" else ()
    assert post.references == wanted
    assert not hasattr(post, "text")


@pytest.mark.parametrize("event", ["post.delete", "post.repost.delete"])
def test_x_tells_which_post_is_gone(event):
    assert told(x, of_x(event, {"id": OWN, "author_id": "71"})) == [
        Removal(Platform.X, OWN, "71", NOW)
    ]


def test_x_tells_who_took_access_back():
    assert told(x, of_x("oauth.revoke", {}, filter={"user_id": "71"})) == [
        Revocation(Platform.X, "71", NOW)
    ]


@pytest.mark.parametrize(
    "body",
    [
        of_x("oauth.revoke", {}),
        of_x("oauth.revoke", {}, filter={"user_id": "sari_dinas"}),
        of_x("oauth.revoke", {}, filter=["71"]),
        of_x("post.delete", {"id": "no-id"}),
        of_x("post.delete", {}),
        of_x("post.repost.create", {}),
        of_x("post.repost.create", passing_on("retweeted") | {"author_id": None}),
        of_x("follow.create", {"id": OWN}),
    ],
)
def test_what_x_leaves_open_says_nothing(body):
    assert told(x, body) == []


def of_page(**value):
    change = {"field": "feed", "value": {"item": "share", "verb": "add", "post_id": "9_1", **value}}
    return {"object": "page", "entry": [{"id": "9", "time": 1, "changes": [change]}]}


SHARER = {"from": {"id": "71", "name": "Sari Contoh"}, "share_id": "55"}


@pytest.mark.parametrize(
    ("words", "kind", "key"),
    [
        ({}, "REPOST", "FACEBOOK:REPOST:9_1:71"),
        ({"message": "Mari"}, "QUOTE", "FACEBOOK:QUOTE:71_55"),
    ],
)
def test_facebook_names_a_sharer_and_words_make_a_quote(words, kind, key):
    (share,) = told(facebook, of_page(**SHARER, created_time=int(AT.timestamp()), **words))

    assert (share.kind, share.key, share.native_id) == (kind, key, "71_55")
    assert (share.post_id, share.actor_id, share.occurred_at) == ("9_1", "71", AT)


def test_facebook_tells_which_share_is_gone():
    assert told(facebook, of_page(**SHARER, verb="remove")) == [
        Removal(Platform.FACEBOOK, "71_55", "71", NOW)
    ]


@pytest.mark.parametrize(
    "value",
    [
        {"share_id": "55"},
        {"from": {"id": "71"}},
        {**SHARER, "item": "like"},
        {**SHARER, "post_id": "not an id"},
        {**SHARER, "post_id": None},
        {**SHARER, "from": "71"},
    ],
)
def test_a_sharer_whom_facebook_does_not_name_is_left_out(value):
    assert told(facebook, of_page(**value)) == []


@pytest.mark.parametrize("moment", ["soon", -1, 2**60, None, True])
def test_an_impossible_time_of_facebook_is_unknown(moment):
    (share,) = told(facebook, of_page(**SHARER, created_time=moment))

    assert share.occurred_at is None


def permissions(field="user_posts", verb="revoked", **entry):
    change = {"field": field, "value": {"verb": verb, "target_ids": ["1"]}}
    return {"object": "permissions", "entry": [{"uid": "71", "changes": [change], **entry}]}


@pytest.mark.parametrize("field", ["user_posts", "user_friends", "connected"])
@pytest.mark.parametrize("verb", ["revoked", "denied"])
def test_a_permission_that_reads_need_is_the_persons_withdrawal(field, verb):
    assert told(facebook, permissions(field, verb)) == [Revocation(Platform.FACEBOOK, "71", NOW)]


def test_several_permissions_of_a_person_are_one_withdrawal():
    body = permissions()
    body["entry"][0]["changes"] *= 3

    assert len(told(facebook, body)) == 1


@pytest.mark.parametrize(
    "body",
    [
        permissions("email"),
        permissions(verb="granted"),
        permissions(uid=None),
        permissions(changes=7),
    ],
)
def test_other_permissions_are_no_withdrawal(body):
    assert told(facebook, body) == []


def of_account(**entry):
    return {"object": "instagram", "entry": [{"id": "17", "time": 1, **entry}]}


def mention(value, field="mentions"):
    return of_account(changes=[{"field": field, "value": value}])


@pytest.mark.parametrize("value", [{"media_id": "180"}, {"media_id": "180", "comment_id": "5"}])
def test_instagram_tells_which_medium_mentions_the_account(value):
    assert told(instagram, mention(value)) == [
        Mention(Platform.INSTAGRAM, ShareKind.MENTION, "17", "180", NOW)
    ]


def story(**message):
    attachment = {"type": "story_mention", "payload": {"url": "https://gambar.example/rahasia"}}
    messaging = {
        "sender": {"id": "71"},
        "timestamp": int(AT.timestamp() * 1_000),
        "message": {"mid": "m_5", "attachments": [attachment], **message},
    }
    return of_account(messaging=[messaging])


def test_a_story_that_mentions_is_told_without_its_picture():
    (found,) = told(instagram, story())

    assert found == Mention(Platform.INSTAGRAM, ShareKind.STORY_MENTION, "17", "m_5", NOW, "71", AT)
    assert "gambar" not in repr(found)


@pytest.mark.parametrize(
    "body",
    [
        mention({}),
        mention({"media_id": "180"}, "comments"),
        mention("180"),
        of_account(changes="mentions"),
        of_account(id=None, changes=[{"field": "mentions", "value": {"media_id": "180"}}]),
        story(attachments=[{"type": "image"}]),
        story(attachments=None),
        story(mid=None),
        of_account(messaging=[None, 7, {"sender": "71"}]),
    ],
)
def test_what_instagram_leaves_open_says_nothing(body):
    assert told(instagram, body) == []


@pytest.mark.parametrize("moment", [2**60, "soon", None])
def test_an_impossible_time_of_a_story_is_unknown(moment):
    body = story()
    body["entry"][0]["messaging"][0]["timestamp"] = moment

    (found,) = told(instagram, body)

    assert found.occurred_at is None


@pytest.mark.parametrize("read", NETWORKS)
@pytest.mark.parametrize(
    "body", [b"", b"<html>", b"[]", b"7", b"{}", b'{"data":[]}', b'{"object":"page","entry":{}}']
)
def test_a_body_of_another_shape_is_a_broken_contract_with_the_body_kept(read, body):
    with pytest.raises(ContractError) as broken:
        read(body, NOW)

    assert str(broken.value) in {"The event is not JSON.", "The event has another shape."}


@pytest.mark.parametrize("read", NETWORKS)
def test_names_and_tokens_in_a_broken_body_are_not_kept(read):
    with pytest.raises(ContractError) as broken:
        read(b'{"access_token":"rahasia-71","name":"Sari Contoh"}', NOW)

    assert "rahasia-71" not in broken.value.raw
