"""Instagram: audiences, people's own media, tags and mentions of official accounts, figures."""

from workers.platforms.instagram.connector import InstagramConnector

__all__ = ["InstagramConnector"]
