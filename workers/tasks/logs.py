"""What the worker writes down: one line for each run, ids only, never the text of an error."""

import logging
import sys
from datetime import UTC, datetime
from typing import Any

import orjson

from workers.tasks.failures import place_of

_FIELDS = (
    "job",
    "message_id",
    "attempt",
    "request_id",
    "outcome",
    "code",
    "place",
    "ms",
)

# What arq may say, by the template it uses: our words and the position of the one argument kept.
_ARQ_WORDS: dict[str, tuple[str, int | None]] = {
    "%6.2fs → %s(%s)%s": ("started", 1),
    "%6.2fs ← %s ● %s": ("finished", 1),
    "%6.2fs ↻ %s retrying job in %0.2fs": ("kept for a retry", 1),
    "%6.2fs ↻ %s cancelled, will be run again": ("cancelled", 1),
    "%6.2fs ⊘ %s aborted": ("aborted", 1),
    "%6.2fs ! %s failed, %s: %s": ("failed", 1),
    "%6.2fs ! %s max retries %d exceeded": ("dropped after too many tries", 1),
    "job %s expired": ("expired", 0),
    "job %s already running elsewhere": ("already running", 0),
    "job %s, function %r not found": ("has an unknown function", 0),
    "deserializing job %s failed": ("cannot be read", 0),
}


class ArqFilter(logging.Filter):
    """Rewrites arq's lines to job and outcome: they carry arguments and texts of errors."""

    def filter(self, record: logging.LogRecord) -> bool:
        words, position = _ARQ_WORDS.get(str(record.msg), (str(record.msg), None))
        arguments = record.args if isinstance(record.args, tuple) else ()
        if position is not None:
            record.msg, record.args = "arq: %s %s", (str(arguments[position]), words)
        elif arguments:
            record.msg, record.args = "arq: %s", (words.split("%")[0].strip() or "a line",)
        if record.exc_info and record.exc_info[1]:
            record.code = type(record.exc_info[1]).__name__
        record.exc_info = record.exc_text = None
        return True


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
    "filters": {"arq": {"()": ArqFilter}},
    "loggers": {
        "arq": {"handlers": [], "propagate": True},
        **{name: {"filters": ["arq"]} for name in ("arq.worker", "arq.connections", "arq.jobs")},
        "tortoise": {"level": "WARNING"},
        "tortoise.db_client": {"level": "WARNING"},
    },
}
"""For `logging.config.dictConfig`. Tortoise logs statements with their values: they stay out."""
