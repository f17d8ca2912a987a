"""Serve the simulated network, or write the registry's side of its world as files."""

import signal
import socket
import sys
import time
from pathlib import Path
from types import FrameType

import uvicorn

from workers.sandbox import seed
from workers.sandbox.app import create_app
from workers.sandbox.clock import Clock
from workers.sandbox.options import Options, parse
from workers.sandbox.stage import Stage
from workers.sandbox.world import WorldSpec, build


def main(arguments: list[str] | None = None) -> int:
    """Do what the command line says."""
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, _stop)
    real_start = time.time()
    options = parse(arguments, real_start)
    if options.command == "world":
        return _write(options.spec, options.out)
    return _serve(options, real_start)


def _serve(options: Options, real_start: float) -> int:
    listener = _listen(options.host, options.port)
    clock = Clock.ticking(options.spec.epoch, real_start)
    app = create_app(Stage(options.spec, clock, options.window_seconds))
    host, port = listener.getsockname()[:2]
    shown_host = f"[{host}]" if ":" in host else host
    sys.stdout.write(f"SANDBOX http://{shown_host}:{port}\n")
    sys.stdout.flush()
    config = uvicorn.Config(
        app, log_level="critical", access_log=False, lifespan="off", timeout_graceful_shutdown=1
    )
    uvicorn.Server(config).run(sockets=[listener])
    return 0


def _write(spec: WorldSpec, directory: Path) -> int:
    world = build(spec)
    directory.mkdir(parents=True, exist_ok=True)
    for name in seed.file_names():
        (directory / name).write_bytes(seed.file(world, name) or b"")
        sys.stdout.write(f"{directory / name}\n")
    return 0


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen()
    except OSError as error:
        sys.exit(f"the sandbox cannot listen on {host}:{port}: {error.strerror}")
    return listener


def _stop(_signal: int, _frame: FrameType | None) -> None:
    sys.exit(0)


if __name__ == "__main__":
    sys.exit(main())
