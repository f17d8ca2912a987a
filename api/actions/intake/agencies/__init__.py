"""Agencies: the tree of ministries, institutions, governments and units, with dated names."""

from api.actions.intake.agencies.file import KIND

__all__ = ["KIND"]
