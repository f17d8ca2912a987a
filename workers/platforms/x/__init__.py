"""X, API version 2: who reposted and quoted, followers, figures. Reads only."""

from workers.platforms.x.connector import XConnector

__all__ = ["XConnector"]
