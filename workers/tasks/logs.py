"""What the worker writes down: one line for each run, ids only, never the text of an error."""

import logging
from typing import Any

from api.telemetry import lines

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


LOGGING: dict[str, Any] = {
    **lines.LOGGING,
    "filters": {"arq": {"()": ArqFilter}},
    "loggers": {
        **lines.LOGGING["loggers"],
        "arq": {"handlers": [], "propagate": True},
        **{name: {"filters": ["arq"]} for name in ("arq.worker", "arq.connections", "arq.jobs")},
    },
}
"""For `logging.config.dictConfig`: the lines of the API, and arq's without arguments."""
