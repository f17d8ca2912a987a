"""`make suites` on machines without the program that the suites need."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

PATHS = [str(Path(__file__).parent), str(Path(__file__).parents[1])]
SUITES = Path(__file__).parents[2] / "suites" / "run.py"


def suites_with(programs: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PATH": str(programs), "PYTHONPATH": ":".join(PATHS)}
    return subprocess.run(
        [sys.executable, SUITES], env=environment, capture_output=True, text=True, check=False
    )


def test_without_node_the_suites_say_that_they_checked_nothing(tmp_path: Path) -> None:
    done = suites_with(tmp_path)

    assert done.returncode == 0
    assert done.stdout.splitlines() == [
        "suites: SKIPPED, nothing was checked: Node 20 is needed, there is no Node here"
    ]


@pytest.mark.parametrize("version", ["v8.17.0", "v19.9.0"])
def test_with_an_old_node_the_suites_name_its_version(tmp_path: Path, version: str) -> None:
    for program in ("node", "npm"):
        (tmp_path / program).write_text(f"#!/bin/sh\necho {version}\n")
        (tmp_path / program).chmod(0o755)

    done = suites_with(tmp_path)

    assert done.returncode == 0
    (line,) = done.stdout.splitlines()
    assert line.endswith(f"version {version[1:].split('.', maxsplit=1)[0]} is here")
