"""A first start on a disk that fills up at one moment or another."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from running import GEMA

from api.local import choose_port

pytestmark = [pytest.mark.fault, pytest.mark.long, pytest.mark.timeout(600)]


@pytest.fixture
def small_disk(open_place: Path) -> Iterator[Path]:
    """A disk in memory; only root may make one, and not in every container."""
    place = open_place / "disk"
    place.mkdir(exist_ok=True)
    command = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", place]
    if os.geteuid() != 0 or subprocess.run(command, check=False).returncode != 0:
        pytest.skip("no disk can be mounted here")
    yield place
    subprocess.run(["umount", "--lazy", place], check=True)


@pytest.mark.parametrize("megabytes", [3, 20, 35, 45, 55])
def test_a_start_on_a_full_disk_says_so_in_one_coded_line(small_disk: Path, megabytes: int) -> None:
    resize = ["mount", "-o", f"remount,size={megabytes}m", small_disk]
    subprocess.run(resize, check=True)

    done = subprocess.run(
        [GEMA, "run", "--port", str(choose_port())],
        env={**os.environ, "GEMA_HOME": str(small_disk / "home")},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )

    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert done.stderr.splitlines()[-1].startswith("gema: DISK_FULL: There is no space left")
