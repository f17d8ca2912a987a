"""The worker's log holds ids and codes, never arguments or texts of errors."""

import json
import logging
import subprocess
import sys

import pytest

from api.telemetry.lines import LineFormatter
from workers.tasks.logs import ArqFilter

CANARY = "199001012015041001"


def line(record: logging.LogRecord) -> dict[str, str]:
    ArqFilter().filter(record)
    return json.loads(LineFormatter().format(record))


def record(message: str, *arguments: object, error: Exception | None = None) -> logging.LogRecord:
    raised = (type(error), error, error.__traceback__) if error else None
    return logging.LogRecord("arq.worker", logging.INFO, __file__, 1, message, arguments, raised)


def test_a_run_of_arq_is_told_without_its_arguments():
    told = line(record("%6.2fs → %s(%s)%s", 0.1, "m:1:0:run_message", f"'{CANARY}'", ""))

    assert told["event"] == "arq: m:1:0:run_message started"


def test_a_failure_of_arq_is_told_by_class_only():
    error = ValueError(CANARY)
    failed = record(
        "%6.2fs ! %s failed, %s: %s", 0.1, "cron:reconcile", "ValueError", error, error=error
    )
    told = line(failed)

    assert failed.exc_info is None
    assert told["event"] == "arq: cron:reconcile failed"
    assert told["code"] == "ValueError"
    assert CANARY not in json.dumps(told)


def test_a_line_of_arq_that_nobody_foresaw_loses_its_arguments():
    assert CANARY not in json.dumps(line(record("something new about %s", CANARY)))


def test_an_exception_is_told_by_class_and_place():
    with pytest.raises(ValueError, match="invalid literal") as raised:
        int(f"x{CANARY}")
    said = LineFormatter().format(record("failed", error=raised.value))

    assert json.loads(said)["error"].startswith(f"ValueError at {__name__}:")
    assert CANARY not in said


def test_a_line_break_in_a_value_starts_no_new_line():
    assert "\n" not in LineFormatter().format(record("a\nb"))


PROGRAM = f"""
import logging.config
from workers.tasks.logs import LOGGING
logging.config.dictConfig(LOGGING)
logging.getLogger("tortoise.db_client").info("SELECT %s", "{CANARY}")
logging.getLogger("arq.worker").info("%6.2fs ← %s ● %s", 0.1, "m:1:0:run_message", "{CANARY}")
"""


def test_statements_and_their_values_stay_out_of_the_log():
    ran = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, check=True)

    said = ran.stderr.decode()
    assert "m:1:0:run_message finished" in said
    assert CANARY not in said
