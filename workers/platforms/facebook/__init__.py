"""Facebook: who of the consenting shared a page's post, friends, and people's own posts."""

from workers.platforms.facebook.connector import FacebookConnector

__all__ = ["FacebookConnector"]
