"""The two vocabularies of X. It renamed words in 2026; requests use one, answers may use either."""

from dataclasses import dataclass
from enum import StrEnum


class Vocabulary(StrEnum):
    """Which words a request uses."""

    POST = "post"
    TWEET = "tweet"


@dataclass(frozen=True, slots=True)
class RequestWords:
    """What a request calls the fields of posts and the posts that they refer to."""

    fields_parameter: str
    references: str


REQUEST_WORDS = {
    Vocabulary.POST: RequestWords("post.fields", "referenced_posts"),
    Vocabulary.TWEET: RequestWords("tweet.fields", "referenced_tweets"),
}

REPOST_COUNT = ("repost_count", "retweet_count")
QUOTE_COUNT = ("quote_count",)
REPLY_COUNT = ("reply_count",)
LIKE_COUNT = ("like_count",)
FOLLOWERS_COUNT = ("followers_count",)
REFERENCES = ("referenced_posts", "referenced_tweets")
INCLUDED_POSTS = ("posts", "tweets")
