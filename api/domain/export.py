"""Exports: their formats, and cells that no spreadsheet takes for a formula."""

from enum import StrEnum

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


class ExportFormat(StrEnum):
    """What kind of file."""

    CSV = "CSV"
    XLSX = "XLSX"
    JSONL = "JSONL"
    ICS = "ICS"


class ExportStatus(StrEnum):
    """Where an export stands."""

    REQUESTED = "REQUESTED"
    RUNNING = "RUNNING"
    READY = "READY"
    FAILED = "FAILED"
    EXPIRED = "EXPIRED"


def neutral(text: str) -> str:
    """Return the text of a cell with an apostrophe in front of what could be a formula."""
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text
