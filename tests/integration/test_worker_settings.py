"""What arq is told: its own defaults would lose or leak work."""

import importlib

import pytest
from arq.connections import RedisSettings
from arq.worker import get_kwargs


@pytest.fixture
def told(environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> dict[str, object]:
    """The arguments that arq reads, as it looks at the attributes of the class itself."""
    for name, value in {**environment, "GEMA_LEASE_SECONDS": "8"}.items():
        monkeypatch.setenv(name, value)
    module = importlib.reload(importlib.import_module("workers.settings"))
    return get_kwargs(module.WorkerSettings)


def test_every_setting_that_differs_from_arqs_own_reaches_it(told: dict[str, object]):
    expected = {
        "job_timeout": 8,
        "keep_result": 0,
        "max_tries": 100,
        "max_jobs": 20,
        "poll_delay": 0.05,
        "queue_read_limit": 1000,
        "job_completion_wait": 20,
        "health_check_interval": 10,
        "log_results": False,
        "allow_abort_jobs": False,
    }

    assert {name: told[name] for name in expected} == expected
    redis = told["redis_settings"]
    assert isinstance(redis, RedisSettings)
    assert (redis.conn_timeout, redis.conn_retries) == (10, 60)
    assert [function.__name__ for function in told["functions"]] == ["run_message"]
    names = {job.name for job in told["cron_jobs"]}
    daily = {"cron:forget", "cron:retention", "cron:check_totals"}
    assert names == {"cron:reconcile", "cron:ask_every_month"} | daily
    assert str(told["timezone"]) == "Asia/Jakarta"


def test_the_queue_is_json_and_an_exception_in_it_is_the_name_of_its_class(
    told: dict[str, object],
):
    encode, decode = told["job_serializer"], told["job_deserializer"]

    assert (
        encode({"t": 1, "a": ("id",), "r": ValueError("ayu")})
        == b'{"t":1,"a":["id"],"r":"ValueError"}'
    )
    assert decode(b'{"a":["id"]}') == {"a": ["id"]}
