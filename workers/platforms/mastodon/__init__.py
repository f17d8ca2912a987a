"""Mastodon: who boosted and quoted, followers, figures, on the hosts that are allowed."""

from workers.platforms.mastodon.connector import MastodonConnector

__all__ = ["MastodonConnector"]
