"""Civil servants: who they are, by which number, and where they are posted."""

from api.actions.intake.asns.file import KIND

__all__ = ["KIND"]
