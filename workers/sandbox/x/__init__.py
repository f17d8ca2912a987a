"""X: the part of API v2 that tells who passed a post on, and who they are."""

from workers.sandbox.x.serve import routes

__all__ = ["routes"]
