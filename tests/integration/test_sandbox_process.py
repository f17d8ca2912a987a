"""The sandbox as a process: start, stop, refusals, files, and bodies that break off."""

import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest

ROOT = Path(__file__).parents[2]
SANDBOX = [sys.executable, "-m", "workers.sandbox"]
SMALL = ["--people", "30", "--posts", "2", "--citizens", "50", "--strangers", "20"]
HEADERS = {"authorization": "Bearer sandbox-app-token"}


@contextmanager
def running(*options):
    process = subprocess.Popen(
        [*SANDBOX, "--port", "0", *options], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    try:
        word, url = process.stdout.readline().split()
        assert word == "SANDBOX"
        with httpx2.Client(base_url=url, headers=HEADERS) as client:
            yield process, client
    finally:
        process.terminate()
        process.wait(5)
        process.stdout.close()


def run(*options):
    return subprocess.run(
        [*SANDBOX, *options], cwd=ROOT, capture_output=True, text=True, timeout=20, check=False
    )


def first_post(client):
    return client.get("/_sandbox/truth").json()["posts"][0]["url"].rsplit("/", 1)[-1]


def test_the_default_world_answers_soon_after_the_start():
    started_at = time.monotonic()
    with running() as (_, client):
        health = client.get("/_sandbox/health").json()

        assert time.monotonic() - started_at < 20, "2 s is the aim on an idle machine"
        assert (health["status"], health["people"], health["programPosts"]) == ("ok", 240, 16)


def test_two_processes_with_one_seed_and_epoch_have_the_same_truth():
    options = (*SMALL, "--seed", "9", "--epoch", "2026-10-01T00:00:00Z")
    with running(*options) as (_, one), running(*options) as (_, other):
        truth = one.get("/_sandbox/truth").json()

        assert truth == other.get("/_sandbox/truth").json()
        assert truth["posts"]


def test_the_epoch_is_the_current_hour_unless_it_is_given():
    with running(*SMALL) as (_, client):
        clock = client.get("/_sandbox/clock").json()

    assert clock["epoch"].endswith(":00:00Z")
    assert clock["epoch"] <= clock["now"]


def test_a_body_that_is_cut_breaks_the_connection_and_the_next_is_whole():
    with running(*SMALL) as (_, client):
        address = f"/x/2/tweets/{first_post(client)}"
        client.post("/_sandbox/faults", json={"name": "cut_body", "count": 1})

        with pytest.raises(httpx2.RemoteProtocolError):
            client.get(address)
        assert client.get(address).json()["data"]


def test_a_slow_answer_takes_the_time_that_was_asked_for():
    with running(*SMALL) as (_, client):
        address = f"/x/2/tweets/{first_post(client)}"
        client.post("/_sandbox/faults", json={"name": "slow", "count": 1, "seconds": 0.6})
        started_at = time.monotonic()
        client.get(address)

        assert time.monotonic() - started_at >= 0.6


def test_a_rate_limit_ends_at_the_reset_that_was_stated():
    with running(*SMALL) as (_, client):
        address = f"/x/2/tweets/{first_post(client)}/retweets"
        client.post("/_sandbox/faults", json={"name": "rate_limit", "count": 1, "seconds": 1})
        answer = client.get(address)
        assert answer.status_code == 429
        time.sleep(max(0.0, int(answer.headers["x-rate-limit-reset"]) - time.time()))

        assert client.get(address).status_code == 200
        assert client.get("/_sandbox/log").json()["earlyCount"] == 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_without_an_error(number):
    with running(*SMALL) as (process, client):
        client.get("/_sandbox/health")
        os.kill(process.pid, number)

        assert process.wait(5) == 0


@pytest.mark.parametrize("host", ["0.0.0.0", "10.0.0.1", "example.org"])  # noqa: S104
def test_an_address_that_others_could_reach_is_refused(host):
    ended = run("--host", host)

    assert ended.returncode == 2
    assert "loopback" in ended.stderr


def test_a_port_in_use_is_named():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ended = run("--port", str(port), *SMALL)

    assert ended.returncode == 1
    assert str(port) in ended.stderr
    assert "Traceback" not in ended.stderr


def test_the_files_on_disk_are_the_files_that_are_served(tmp_path):
    options = (*SMALL, "--seed", "4", "--epoch", "2026-10-01T00:00:00Z")
    ended = run("world", "--out", str(tmp_path / "files"), *options)

    assert ended.returncode == 0
    with running(*options) as (_, client):
        for name in client.get("/_sandbox/seed").json()["files"]:
            served = client.get(f"/_sandbox/seed/{name}").content
            assert (tmp_path / "files" / name).read_bytes() == served
