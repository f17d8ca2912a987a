"""Civil servants: who they are, by which number, and where they are posted."""

from api.actions.intake.asns.file import KIND
from api.actions.intake.asns.record import sort_name

__all__ = ["KIND", "sort_name"]
