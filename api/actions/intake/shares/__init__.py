"""Shares and reshares from files: of known holders, or of people known by an id alone."""

from api.actions.intake.shares.reshares import KIND as RESHARES
from api.actions.intake.shares.shares import KIND as SHARES

__all__ = ["RESHARES", "SHARES"]
