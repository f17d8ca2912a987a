"""Accounts: which account on which network belongs to whom."""

from api.actions.intake.accounts.file import KIND

__all__ = ["KIND"]
