"""X's two vocabularies, and the names that requests may use."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Words:
    """One vocabulary."""

    fields_parameter: str
    post_count: str
    repost_count: str
    references: str
    edit_history: str
    included_posts: str
    most_recent: str
    resource: str


NEW = Words(
    fields_parameter="post.fields",
    post_count="post_count",
    repost_count="repost_count",
    references="referenced_posts",
    edit_history="edit_history_post_ids",
    included_posts="posts",
    most_recent="most_recent_post_id",
    resource="post",
)
OLD = Words(
    fields_parameter="tweet.fields",
    post_count="tweet_count",
    repost_count="retweet_count",
    references="referenced_tweets",
    edit_history="edit_history_tweet_ids",
    included_posts="tweets",
    most_recent="most_recent_tweet_id",
    resource="tweet",
)
REFERENCE_EXPANSIONS = frozenset({"referenced_posts", "referenced_tweets.id"})
EXPANSIONS = REFERENCE_EXPANSIONS | {
    "attachments.media_keys", "author_id", "edit_history_post_ids", "edit_history_tweet_ids",
    "entities.mentions.username", "in_reply_to_user_id", "most_recent_post_id",
    "most_recent_tweet_id", "pinned_post_id", "pinned_tweet_id", "referenced_tweets.id.author_id",
    "username",
}  # fmt: skip
POST_FIELDS = frozenset({
    "attachments", "author_id", "context_annotations", "conversation_id", "created_at",
    "display_text_range", "edit_controls", "edit_history_post_ids", "edit_history_tweet_ids",
    "entities", "geo", "id", "in_reply_to_user_id", "lang", "note_post", "note_tweet",
    "possibly_sensitive", "public_metrics", "referenced_posts", "referenced_tweets",
    "reply_settings", "source", "text", "withheld",
})  # fmt: skip
USER_FIELDS = frozenset({
    "created_at", "description", "entities", "id", "location", "most_recent_post_id",
    "most_recent_tweet_id", "name", "pinned_post_id", "pinned_tweet_id", "profile_image_url",
    "protected", "public_metrics", "url", "username", "verified", "verified_type", "withheld",
})  # fmt: skip
SHAPING = frozenset({
    "expansions", "media.fields", "place.fields", "poll.fields", "post.fields", "tweet.fields",
    "user.fields",
})  # fmt: skip
