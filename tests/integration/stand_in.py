"""A supervisor with small programs in place of Gema's own, for tests with real signals.

`stand_in.py supervise HOME PORT [--fresh] [--slow-migration] [--broken-api]` runs it;
`stand_in.py api DIARY PORT` and `stand_in.py worker DIARY` are its programs.
"""

import http.server
import os
import signal
import sys
import threading
import time
from pathlib import Path

from api.errors import StartupFailure
from api.local import LocalHome, Plan, Program, Supervisor
from api.settings import process_environment


def supervise(home: LocalHome, port: int) -> int:
    diary = home.path / "diary"
    address = f"http://127.0.0.1:{port}"
    api = "broken" if "--broken-api" in sys.argv else "api"

    def programs() -> list[Program]:
        worker = _program(home, "worker", (sys.executable, __file__, "worker", str(diary)))
        serve = (sys.executable, __file__, api, str(diary), str(port))
        return [worker, _program(home, "api", serve, ready_url=f"{address}/readyz")]

    plan = Plan(
        address=address,
        port=port,
        is_fresh="--fresh" in sys.argv,
        migrate=lambda: migrate(diary),
        programs=programs,
        welcome=lambda: note(diary, "welcome"),
        announce=lambda: say(f"READY {address}"),
    )
    return Supervisor(home, plan).run()


def _program(
    home: LocalHome, name: str, command: tuple[str, ...], ready_url: str | None = None
) -> Program:
    environment = {**process_environment(), **home.environment()}
    return Program(name, command, environment, 5, ready_url=ready_url, ready_seconds=20)


def migrate(diary: Path) -> None:
    note(diary, "migrate")
    if "--slow-migration" in sys.argv:
        time.sleep(30)


def note(diary: Path, line: str) -> None:
    with diary.open("a") as file:
        file.write(f"{line}\n")


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def work(name: str, diary: Path) -> None:
    done = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: done.set())
    note(diary, f"{name} started in session {os.getsid(0)}")
    while not done.wait(0.05):
        pass
    note(diary, f"{name} stopped")


class _Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        return


def serve(diary: Path, port: int) -> None:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", port), _Answer)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    work("api", diary)


def main(kind: str, place: str, port: str = "0", *_: str) -> int:
    if kind == "supervise":
        return supervise(LocalHome(Path(place)), int(port))
    if kind == "api":
        serve(Path(place), int(port))
    elif kind == "worker":
        work("worker", Path(place))
    else:
        sys.exit("this program is broken")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(*sys.argv[1:]))
    except StartupFailure as failure:
        sys.exit(f"{failure.code}: {failure}")
