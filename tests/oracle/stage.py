"""A running sandbox, and somebody else's client in an environment of its own."""

import json
import os
import subprocess

import httpx2
import pytest


class RunningStage:
    """The address of a running sandbox and its truth."""

    def __init__(self, url):
        self.url = url

    def truth(self, platform):
        posts = httpx2.get(f"{self.url}/_sandbox/truth").raise_for_status().json()["posts"]
        return [post for post in posts if post["platform"] == platform]


def ask_client(script, *arguments):
    """Run a script in the environment of the vendors' clients and return the JSON it prints."""
    python = os.environ.get("GEMA_ORACLE_PYTHON")
    if not python:
        pytest.skip(
            "GEMA_ORACLE_PYTHON names no Python with the vendors' clients: run `make oracle`"
        )
    command = [python, "-W", "ignore", "-c", script, *arguments]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=50, check=False)
    assert ended.returncode == 0, ended.stderr
    return json.loads(ended.stdout.splitlines()[-1])
