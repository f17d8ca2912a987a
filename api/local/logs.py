"""Logs of the child processes."""

from pathlib import Path

KEPT_COUNT = 5


def rotate(log: Path) -> None:
    """Move a log aside and keep the last five."""
    if not log.exists() or log.stat().st_size == 0:
        return
    for age in range(KEPT_COUNT - 1, 0, -1):
        older = _aged(log, age)
        if older.exists():
            older.replace(_aged(log, age + 1))
    log.replace(_aged(log, 1))


def _aged(log: Path, age: int) -> Path:
    return log.with_name(f"{log.name}.{age}")


def size(log: Path) -> int:
    """Return the length in bytes; 0 for a log that does not exist yet."""
    return log.stat().st_size if log.exists() else 0


def since(log: Path, offset: int) -> str:
    """Return what was written after an offset, the last 20,000 characters of it."""
    if not log.exists():
        return ""
    with log.open("rb") as file:
        file.seek(offset)
        return file.read().decode(errors="replace")[-20_000:]


def last_line(log: Path, offset: int) -> str:
    """Return the last line with text after an offset."""
    lines = [line.strip() for line in since(log, offset).splitlines() if line.strip()]
    return lines[-1] if lines else "(its log is empty)"
