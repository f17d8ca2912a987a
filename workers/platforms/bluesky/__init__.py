"""Bluesky: who reposted and quoted, followers, figures, and the records of holders. Reads only."""

from workers.platforms.bluesky.connector import BlueskyConnector

__all__ = ["BlueskyConnector"]
