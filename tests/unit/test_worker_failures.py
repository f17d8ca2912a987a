"""The table that sorts the errors of tasks."""

import asyncpg
import pytest
from tortoise.exceptions import (
    DBConnectionError,
    IntegrityError,
    OperationalError,
    TransactionManagementError,
    ValidationError,
)

from api.queue import Job
from workers.platforms.base import (
    AuthRevoked,
    MissingPermission,
    NotFound,
    PlatformError,
    Protected,
    Transient,
)
from workers.tasks.failures import Outcome, delay_seconds, judge, limit_of

TRANSIENT = [
    OSError(),
    TimeoutError(),
    DBConnectionError(),
    Transient(),
    asyncpg.ConnectionDoesNotExistError(),
    asyncpg.AdminShutdownError(),
    asyncpg.QueryCanceledError(),
    asyncpg.InterfaceError(""),
    asyncpg.DeadlockDetectedError(),
    asyncpg.SerializationError(),
    asyncpg.LockNotAvailableError(),
    asyncpg.DiskFullError(),
    asyncpg.TooManyConnectionsError(),
    asyncpg.ReadOnlySQLTransactionError(),
    asyncpg.IdleInTransactionSessionTimeoutError(),
    asyncpg.OutdatedSchemaCacheError(""),
    asyncpg.InternalClientError(""),
]


@pytest.mark.parametrize("error", TRANSIENT, ids=lambda error: type(error).__name__)
def test_an_outage_is_tried_again(error: Exception):
    assert judge(error).outcome is Outcome.RETRY


@pytest.mark.parametrize(
    "error",
    [
        OperationalError(),
        ValidationError(),
        asyncpg.UndefinedColumnError(),
        ValueError(),
        KeyError(),
    ],
)
def test_what_cannot_succeed_as_it_is_becomes_a_dead_letter(error: Exception):
    assert judge(error).outcome is Outcome.BURY


@pytest.mark.parametrize("error", [AuthRevoked(), MissingPermission("x"), NotFound(), Protected()])
def test_an_answer_about_the_thing_itself_is_no_failure(error: PlatformError):
    assert judge(error).outcome is Outcome.CLOSE


def test_a_violated_key_has_a_limit_of_its_own():
    assert judge(IntegrityError()).outcome is Outcome.RETRY_SOON
    assert limit_of(Job.SCAN_RESHARERS, Outcome.RETRY_SOON) == 3


def test_the_code_of_an_error_is_never_its_text():
    assert judge(asyncpg.UniqueViolationError("Key (nip)=(1)")).code == "SQLSTATE_23505"
    assert judge(KeyError("ayu")).code == "UNEXPECTED"
    assert judge(Transient("ayu")).code == "TRANSIENT"


def test_a_broken_transaction_is_judged_by_what_broke_it():
    def broken_by(cause: Exception) -> TransactionManagementError:
        error = TransactionManagementError()
        error.__cause__ = cause
        return error

    assert judge(broken_by(OSError())).outcome is Outcome.RETRY
    assert judge(broken_by(ValueError())).outcome is Outcome.BURY
    assert judge(TransactionManagementError()).outcome is Outcome.BURY


@pytest.mark.parametrize(("failures", "least"), [(1, 2), (2, 4), (7, 128), (9, 300), (60, 300)])
def test_the_delay_doubles_up_to_five_minutes_with_up_to_half_of_it_more(
    failures: int, least: float
):
    assert delay_seconds(Outcome.RETRY, failures, jitter=0) == least
    assert delay_seconds(Outcome.RETRY, failures, jitter=1) == least * 1.5


def test_jobs_that_call_networks_may_fail_more_often():
    assert limit_of(Job.REFRESH_RANKING) == 5
    assert limit_of(Job.SCAN_RESHARERS) == 8
