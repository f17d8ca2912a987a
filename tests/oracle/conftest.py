"""One sandbox for all clients, with its usual troubles: short, empty and repeating pages."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.oracle.stage import RunningStage

ROOT = Path(__file__).resolve().parents[2]
WORLD = ("--people", "60", "--posts", "3", "--citizens", "300", "--strangers", "300")
NETWORKS = ("--networks", "x,facebook,instagram,bluesky,mastodon")


@pytest.fixture(scope="module")
def stage():
    command = [sys.executable, "-m", "workers.sandbox", "--port", "0", *WORLD, *NETWORKS]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as running:
        yield RunningStage(running.stdout.readline().split()[1])
        running.terminate()
