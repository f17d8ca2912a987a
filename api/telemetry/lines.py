"""Lines of a log: JSON, one for each request and job, ids and codes only, never an error's text."""

import logging
import sys
import traceback
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

import orjson

REQUEST_ID: ContextVar[str | None] = ContextVar("request_id", default=None)
"""The request that is being served, for lines that are written on its way."""

_FIELDS = (
    "request_id",
    "operation",
    "document",
    "role",
    "status",
    "job",
    "message_id",
    "attempt",
    "outcome",
    "code",
    "place",
    "error_id",
    "error_class",
    "ms",
)


def place_of(error: BaseException) -> str:
    """Return the innermost line of ours on the way to an error, as `module:line`."""
    place = "unknown"
    for frame, line in traceback.walk_tb(error.__traceback__):
        module = frame.f_globals.get("__name__", "")
        if place == "unknown" or module.split(".")[0] in {"api", "workers"}:
            place = f"{module}:{line}"
    return place


class QuietFormatter(logging.Formatter):
    """Formats exceptions as class and place, without their texts."""

    def formatException(self, ei: Any) -> str:  # noqa: ANN401, N802  Named and typed by logging.
        error = ei[1]
        return "" if error is None else f"{type(error).__name__} at {place_of(error)}"


class LineFormatter(QuietFormatter):
    """One JSON object a line; on a terminal plain text."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")
        self._is_terminal = sys.stderr.isatty()

    def format(self, record: logging.LogRecord) -> str:
        if self._is_terminal:
            return super().format(record)
        told = {name: getattr(record, name, None) for name in _FIELDS}
        told["request_id"] = told["request_id"] or REQUEST_ID.get()
        line = {
            "time": datetime.fromtimestamp(record.created, UTC),
            "level": record.levelname,
            "event": record.getMessage(),
            "logger": record.name,
            "error": self.formatException(record.exc_info) if record.exc_info else None,
            **told,
        }
        return orjson.dumps({name: value for name, value in line.items() if value}).decode()


LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": LineFormatter}},
    "handlers": {"lines": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"level": "INFO", "handlers": ["lines"]},
    "loggers": {
        "tortoise": {"level": "WARNING"},
        "tortoise.db_client": {"level": "WARNING"},
        "uvicorn": {"handlers": [], "propagate": True},
        "uvicorn.error": {"handlers": [], "propagate": True},
        # Its lines hold addresses of callers and codes of links.
        "uvicorn.access": {"handlers": [], "propagate": False, "level": "CRITICAL"},
    },
}
"""For `logging.config.dictConfig`. Tortoise logs statements with their values: they stay out."""
