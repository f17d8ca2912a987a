"""The words for networks, shares and evidence that every layer uses."""

from enum import StrEnum


class Platform(StrEnum):
    """A network on which program posts are shared."""

    X = "X"
    INSTAGRAM = "INSTAGRAM"
    FACEBOOK = "FACEBOOK"
    BLUESKY = "BLUESKY"
    MASTODON = "MASTODON"


class ShareKind(StrEnum):
    """The way in which a share passes a program post on."""

    REPOST = "REPOST"
    QUOTE = "QUOTE"
    LINK_POST = "LINK_POST"
    MENTION = "MENTION"
    TAG = "TAG"
    STORY_MENTION = "STORY_MENTION"
    REPLY_LINK = "REPLY_LINK"


class EvidenceLevel(StrEnum):
    """How well a share is proved, from weakest to strongest."""

    DECLARED = "DECLARED"
    LINK_OBSERVED = "LINK_OBSERVED"
    PROOF_REVIEWED = "PROOF_REVIEWED"
    API_CONFIRMED = "API_CONFIRMED"


class Coverage(StrEnum):
    """How much of the truth a figure can know."""

    COMPLETE = "COMPLETE"
    CAPPED = "CAPPED"
    CONSENTED_ONLY = "CONSENTED_ONLY"
    UNKNOWN = "UNKNOWN"


class Metric(StrEnum):
    """What is observed about a share."""

    RESHARERS = "RESHARERS"
    CLICKS = "CLICKS"
    CONVERSATION = "CONVERSATION"
    LIKES = "LIKES"


class AudienceKind(StrEnum):
    """What an audience is made of."""

    FOLLOWERS = "FOLLOWERS"
    FRIENDS = "FRIENDS"


class AudienceSource(StrEnum):
    """Where an audience figure comes from, from best to weakest."""

    PUBLIC_API = "PUBLIC_API"
    OWNER_API = "OWNER_API"
    REVIEWED = "REVIEWED"
    DECLARED = "DECLARED"
