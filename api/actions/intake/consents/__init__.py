"""Consents: what people agreed to, and what they withdrew."""

from api.actions.intake.consents.file import KIND

__all__ = ["KIND"]
